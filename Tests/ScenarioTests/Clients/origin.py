#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The application behind the proxy: an HTTP/1.1 origin that does what a scenario asks of it.

    origin.py PORT [--close-after N]

It speaks raw HTTP/1.1 on asyncio streams, so that it can be as odd as an origin may be. What it has
seen and how far it has come is at /control/…, asked for directly and not through the proxy.
"""
import argparse
import asyncio
import base64
import hashlib
import json
import signal
import socket
import struct

BLOCK = 64 * 1024
seen = {"requests": 0, "connections": 0, "targets": [], "sent": 0, "finished": 0}
idle = set()


class Request:
    def __init__(self, method, target, version, fields):
        self.method, self.target, self.version, self.fields = method, target, version, fields
        path, _, query = target.partition("?")
        self.path = path
        self.query = dict(p.partition("=")[::2] for p in query.split("&") if p)
        self.trailers = []

    def field(self, name):
        return next((v for n, v in self.fields if n.lower() == name), None)

    def number(self, name, default):
        return int(self.query.get(name, default))


async def read_head(reader):
    line = await reader.readline()
    if not line:
        return None
    method, target, version = line.decode("latin-1").strip().split(" ")
    return Request(method, target, version, await read_fields(reader))


async def read_fields(reader):
    fields = []
    while (line := (await reader.readline()).decode("latin-1").rstrip("\r\n")):
        name, _, value = line.partition(":")
        fields.append([name, value.strip()])
    return fields


async def read_body(request, reader):
    """Yields the body's blocks and fills in the trailers."""
    if (request.field("transfer-encoding") or "").lower() == "chunked":
        while (size := int((await reader.readline()).split(b";")[0], 16)):
            while size:
                block = await reader.readexactly(min(size, BLOCK))
                size -= len(block)
                yield block
            await reader.readexactly(2)
        request.trailers = await read_fields(reader)
        return
    left = int(request.field("content-length") or 0)
    while left:
        block = await reader.read(min(left, BLOCK))
        if not block:
            raise ConnectionError("the body ended early")
        left -= len(block)
        yield block


def head(status, fields):
    lines = [f"HTTP/1.1 {status}"] + [f"{n}: {v}" for n, v in fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


async def answer(writer, body, status="200 OK", fields=(), method="GET"):
    if isinstance(body, str):
        body = body.encode()
    # In one piece: who kills us finds an answer begun and whole, or not begun.
    whole = head(status, [("Content-Length", len(body)), *fields])
    writer.write(whole if method == "HEAD" else whole + body)
    await writer.drain()


def chunk(data):
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def echo(request, reader, writer):
    """What arrived, as JSON."""
    if request.field("expect"):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    digest, length = hashlib.sha256(), 0
    async for block in read_body(request, reader):
        digest.update(block)
        length += len(block)
    report = {
        "method": request.method, "target": request.target, "fields": request.fields,
        "trailers": request.trailers, "length": length, "sha256": digest.hexdigest(),
    }
    await answer(writer, json.dumps(report), method=request.method,
                 fields=[("Content-Type", "application/json")])


async def refuse(request, reader, writer):
    """A final answer to an expectation, the body never asked for."""
    await answer(writer, "no\n", status="417 Expectation Failed", fields=[("Connection", "close")])
    return "close"


async def hints(request, reader, writer):
    writer.write(head("103 Early Hints", [("Link", "</style.css>; rel=preload")]))
    await writer.drain()
    await answer(writer, "hinted\n")


async def slow(request, reader, writer):
    await asyncio.sleep(request.number("ms", 100) / 1000)
    await answer(writer, "slow\n")


async def down(request, reader, writer):
    """`bytes` zeroes, or so much of them as the reader takes; `seen` says how far it has come."""
    size = request.number("bytes", 1 << 20)
    writer.write(head("200 OK", [("Content-Length", size)]))
    block, seen["sent"] = bytes(BLOCK), 0
    while size:
        writer.write(block[:size])
        await writer.drain()
        seen["sent"] += min(size, BLOCK)
        size -= min(size, BLOCK)
    seen["finished"] += 1


async def trailers(request, reader, writer):
    writer.write(head("200 OK", [("Transfer-Encoding", "chunked"), ("Trailer", "X-Sum")]))
    for word in (b"one ", b"two ", b"three"):
        writer.write(chunk(word))
        await writer.drain()
    writer.write(b"0\r\nX-Sum: 13\r\n\r\n")
    await writer.drain()


async def until_close(request, reader, writer):
    writer.write(head("200 OK", [("Connection", "close")]) + b"to the end")
    await writer.drain()
    return "close"


async def events(request, reader, writer):
    """Server-sent events; each leaves only when /control/step was asked for it."""
    writer.write(head("200 OK", [("Content-Type", "text/event-stream"),
                                 ("Transfer-Encoding", "chunked")]))
    await writer.drain()
    for number in range(request.number("count", 5)):
        await steps.acquire()
        writer.write(chunk(f"data: {number}\n\n".encode()))
        await writer.drain()
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def websocket(request, reader, writer):
    """RFC 6455: echoes text and binary messages, answers a close."""
    guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = hashlib.sha1((request.field("sec-websocket-key") + guid).encode()).digest()
    writer.write(head("101 Switching Protocols", [
        ("Upgrade", "websocket"), ("Connection", "Upgrade"),
        ("Sec-WebSocket-Accept", base64.b64encode(accept).decode())]))
    while True:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack(">H", await reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", await reader.readexactly(8))
        mask = await reader.readexactly(4)
        masked = await reader.readexactly(length)
        data = bytes(b ^ mask[i % 4] for i, b in enumerate(masked))
        size = bytes([length]) if length < 126 else b"\x7e" + struct.pack(">H", length)
        writer.write(bytes([first]) + size + data)
        await writer.drain()
        if first & 0x0F == 8:
            return "close"


async def status(request, reader, writer):
    code = request.path.rsplit("/", 1)[1]
    fields = [("ETag", '"x"')] if code == "304" else []
    if code in ("204", "304"):
        writer.write(head(f"{code} Bodiless", fields))
        await writer.drain()
    else:
        await answer(writer, f"{code}\n", status=f"{code} Status", method=request.method)


async def never(request, reader, writer):
    await asyncio.sleep(3600)


async def vanish(request, reader, writer):
    """The connection ends in the middle of the announced body."""
    writer.write(head("200 OK", [("Content-Length", "100")]) + b"only this")
    await writer.drain()
    return "close"


async def garbage(request, reader, writer):
    writer.write(b"this is not HTTP\r\n\r\n")
    await writer.drain()
    return "close"


async def odd_head(request, reader, writer):
    """Hop-by-hop fields, which stay between the proxy and us."""
    await answer(writer, "odd\n", fields=[
        ("Connection", "X-Hop"), ("X-Hop", "1"), ("Keep-Alive", "timeout=5"), ("X-Stays", "yes"),
        ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])


async def control(request, reader, writer):
    if request.path == "/control/step":
        steps.release()
    if request.path == "/control/reset":
        seen.update({"requests": 0, "connections": 0, "targets": [], "sent": 0, "finished": 0})
    await answer(writer, json.dumps(seen))


routes = {
    "/fixed": lambda q, r, w: answer(w, "hello, edge\n", method=q.method),
    "/down": down, "/slow": slow, "/trailers": trailers, "/events": events, "/ws": websocket,
    "/never": never, "/vanish": vanish, "/garbage": garbage, "/odd": odd_head, "/hints": hints,
    "/refuse": refuse, "/until-close": until_close,
}


def route(path):
    if path.startswith("/control/"):
        return control
    if path.startswith("/status/"):
        return status
    return routes.get(path, echo)


async def serve(reader, writer):
    task = asyncio.current_task()
    idle.add(task)
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    writer.transport.set_write_buffer_limits(high=BLOCK)
    seen["connections"] += 1
    served = 0
    try:
        while (request := await read_head(reader)) is not None:
            idle.discard(task)
            handler = route(request.path)
            if handler is not control:
                seen["requests"] += 1
                seen["targets"] = (seen["targets"] + [request.target])[-1000:]
            served += 1
            if await handler(request, reader, writer) == "close":
                break
            if request.field("connection") == "close" or served == options.close_after:
                break
            if stopping.is_set():
                break
            idle.add(task)
    except (ConnectionError, asyncio.IncompleteReadError, ValueError):
        pass
    except asyncio.CancelledError:
        pass
    finally:
        idle.discard(task)
        writer.close()


async def main():
    """Serves until SIGTERM; then closes what is idle and finishes what is not."""
    global steps, stopping
    steps, stopping = asyncio.Semaphore(0), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    server = await asyncio.start_server(
        serve, "127.0.0.1", options.port, reuse_address=True, reuse_port=True, backlog=1024,
        limit=BLOCK)
    print("listening", flush=True)
    await stopping.wait()
    server.close()
    for task in list(idle):
        task.cancel()
    await asyncio.sleep(0.3)


arguments = argparse.ArgumentParser()
arguments.add_argument("port", type=int)
arguments.add_argument("--close-after", type=int, default=0)
options = arguments.parse_args()
asyncio.run(main())
