#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A relay in front of pebble that passes requests on one by one, and falls sick when told to.

    relay.py PORT UPSTREAM-PORT CERTIFICATE KEY ORDERS

Pebble 2.4 stands still for good when two requests meet: creating an order, it holds the store's
lock and waits for an authorization's, while who reads that authorization does it the other way.

The file ORDERS says how to be sick, and is read for each request: `MODE PREFIX`, or nothing to be
healthy. Modes: garbage, html, 500, 429, half, empty, silent, and refused: a CA that will not.
"""
import asyncio
import ssl
import sys

PORT, UPSTREAM, CERTIFICATE, KEY, ORDERS = sys.argv[1:]


def response(status, content_type, body, length=None, extra=""):
    size = len(body) if length is None else length
    return (f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {size}\r\n"
            f"{extra}Connection: close\r\n\r\n{body}").encode()


PAGE = "<html><body><h1>Down for maintenance</h1></body></html>"
PROBLEM = '{"type":"urn:ietf:params:acme:error:%s","detail":"%s"}'
spoiled = {
    "garbage": b"\x00\x01\x02 this is not HTTP \xff\xfe\r\n\r\n",
    "html": response("200 OK", "text/html", PAGE),
    "500": response("500 Internal Server Error", "application/problem+json",
                    PROBLEM % ("serverInternal", "the CA has a cold")),
    "429": response("429 Too Many Requests", "application/problem+json",
                    PROBLEM % ("rateLimited", "slow down a little"), extra="Retry-After: 120\r\n"),
    "refused": response("403 Forbidden", "application/problem+json",
                        PROBLEM % ("rejectedIdentifier", "not a name of that kind")),
    "half": response("200 OK", "application/json", '{"newNonce": "https://', length=4000),
    "empty": b"",
}


async def read_message(reader):
    """Head and body of one request or response; None at the end."""
    head = b""
    while (line := await reader.readline()):
        head += line
        if line == b"\r\n":
            break
    else:
        return None
    fields = dict(l.decode("latin-1").lower().split(":", 1) for l in head.split(b"\r\n")[1:] if l)
    body = b""
    if fields.get("transfer-encoding", "").strip() == "chunked":
        while True:
            line = await reader.readline()
            body += line + await reader.readexactly(int(line, 16) + 2)
            if line.strip() == b"0":
                break
    elif (size := int(fields.get("content-length", 0))) and not head.startswith(b"HEAD"):
        body = await reader.readexactly(size)
    return head, body


def order():
    try:
        with open(ORDERS) as file:
            mode, prefix = file.read().split()
            return mode, prefix
    except (OSError, ValueError):
        return None, None


async def relay(reader, writer):
    trust = ssl.create_default_context(cafile=CERTIFICATE)
    up_reader, up_writer = await asyncio.open_connection(
        "127.0.0.1", int(UPSTREAM), ssl=trust, server_hostname="127.0.0.1")
    try:
        while (message := await read_message(reader)) is not None:
            head, body = message
            method, path = head.decode("latin-1").split(" ")[:2]
            mode, prefix = order()
            if mode and path.startswith(prefix):
                print("spoiled", mode, method, path, flush=True)
                if mode == "silent":
                    await asyncio.sleep(3600)
                writer.write(spoiled[mode])
                await writer.drain()
                break
            async with turn:
                up_writer.write(head + body)
                head, body = await read_message(up_reader) if method != "HEAD" else (
                    await up_reader.readuntil(b"\r\n\r\n"), b"")
            writer.write(head + body)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    up_writer.close()
    writer.close()


async def main():
    global turn
    turn = asyncio.Lock()
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(CERTIFICATE, KEY)
    server = await asyncio.start_server(
        relay, "127.0.0.1", int(PORT), ssl=made, backlog=1024)
    async with server:
        await server.serve_forever()


asyncio.run(main())
