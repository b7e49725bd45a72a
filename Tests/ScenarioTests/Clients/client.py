#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real TLS clients for the scenarios: what to do as JSON on standard input's first line, what came
of it as JSON on standard output.

    client.py visit|handshakes|load|raw|abandon|stuck|pieces|websocket|events|slow

Loops (`handshakes`, `load`) run until standard input ends. Times are milliseconds.
"""
import asyncio
import base64
import hashlib
import json
import os
import socket
import ssl
import struct
import sys
import time

HOST = "127.0.0.1"


def context(spec, alpn=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if spec.get("ca"):
        made.load_verify_locations(spec["ca"])
    else:
        made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    if alpn:
        made.set_alpn_protocols(alpn)
    return made


def since(start):
    return round((time.monotonic() - start) * 1000, 2)


def failure(error):
    """The alert's name where the peer sent one, else what went wrong."""
    reason = getattr(error, "reason", None)
    if isinstance(error, ssl.SSLError) and reason:
        for prefix in ("TLSV1_ALERT_", "SSLV3_ALERT_", "TLSV13_ALERT_", "TLSV1_"):
            if reason.startswith(prefix):
                return {"alert": reason[len(prefix):].lower(), "error": str(error)}
    return {"error": f"{type(error).__name__}: {error}"}


def request_text(name, path, method="GET", close=True):
    last = "Connection: close\r\n" if close else ""
    return f"{method} {path} HTTP/1.1\r\nHost: {name}\r\n{last}\r\n".encode()


async def read_response(reader, method="GET", line=None):
    """Status, fields and body of one response, after `line` if that was read; skips 1xx."""
    while True:
        line = line or await reader.readline()
        status, line = int(line.split(b" ")[1]), None
        fields = {}
        while (line := (await reader.readline()).strip()):
            key, _, value = line.decode("latin-1").partition(":")
            fields[key.lower()] = value.strip()
        if status >= 200 or status == 101:
            break
    body = b""
    if method == "HEAD" or status in (101, 204, 304):
        return status, fields, body
    if "content-length" in fields:
        body = await reader.readexactly(int(fields["content-length"]))
    elif fields.get("transfer-encoding") == "chunked":
        while (size := int((await reader.readline()).split(b";")[0], 16)):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        while (await reader.readline()).strip():
            pass
    else:
        body = await reader.read(-1)
    return status, fields, body


async def connect(spec, name, made=None):
    return await asyncio.open_connection(
        HOST, spec["port"], ssl=made or context(spec), server_hostname=name or None,
        ssl_handshake_timeout=spec.get("timeout", 60))


async def visit_one(spec, name, made):
    report, start = {"name": name}, time.monotonic()
    try:
        async with asyncio.timeout(spec.get("timeout", 60)):
            reader, writer = await connect(spec, name, made)
            report["handshake"] = since(start)
            peer = writer.get_extra_info("ssl_object").getpeercert()
            report["serial"] = peer.get("serialNumber", "").lstrip("0").lower() if peer else None
            writer.write(request_text(spec.get("host", name), spec.get("path", "/")))
            line = await reader.readline()
            report["first_byte"] = since(start)
            status, fields, body = await read_response(reader, line=line)
            report.update(status=status, fields=fields, body=body.decode("latin-1"))
            writer.close()
    except Exception as error:
        report.update(failure(error))
        report["after"] = since(start)
    return report


async def visit(spec):
    """Each name once, `parallel` at a time (all, by default)."""
    gate, made = asyncio.Semaphore(spec.get("parallel", 10_000)), context(spec)

    async def one(name):
        async with gate:
            return await visit_one(spec, name, made)

    return {"visits": await asyncio.gather(*(one(n) for n in spec["names"]))}


async def input_ends():
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


async def until_input_ends(workers):
    tasks = [asyncio.create_task(w) for w in workers]
    ended = asyncio.create_task(input_ends())
    await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
    return tasks


def tell(path, count):
    """Writes how far a loop has come into the file at `path`, whole, where it is to."""
    if path:
        with open(path + ".new", "w") as file:
            file.write(str(count))
        os.replace(path + ".new", path)


async def handshakes(spec):
    """Handshakes over the names, with a `pause` of seconds between them; the serial numbers that
    each showed."""
    made, stopping = context(spec), asyncio.Event()
    report = {"handshakes": 0, "failures": [], "serials": {n: [] for n in spec["names"]}}

    async def worker(offset):
        names, turn = spec["names"], offset
        while not stopping.is_set():
            name, turn = names[turn % len(names)], turn + 1
            try:
                async with asyncio.timeout(30):
                    _, writer = await connect(spec, name, made)
                    serial = writer.get_extra_info("ssl_object").getpeercert()["serialNumber"]
                    serial = serial.lstrip("0").lower()
                    writer.transport.abort()
                report["handshakes"] += 1
                if report["handshakes"] % 20 == 0:
                    tell(spec.get("progress"), report["handshakes"])
                if serial not in report["serials"][name]:
                    report["serials"][name].append(serial)
            except Exception as error:
                report["failures"].append({"name": name, "at": time.time(), **failure(error)})
                await asyncio.sleep(0.05)
            await asyncio.sleep(spec.get("pause", 0))

    tasks = [asyncio.create_task(worker(i)) for i in range(spec.get("workers", 4))]
    await input_ends()
    stopping.set()
    await asyncio.gather(*tasks)
    return report


async def load(spec):
    """Idempotent requests one after the other on kept connections, until the input ends."""
    made, stopping, name = context(spec), asyncio.Event(), spec["names"][0]
    report = {"requests": 0, "connections": 0, "statuses": {}, "failures": []}

    async def worker():
        reader = writer = None
        while not stopping.is_set():
            try:
                async with asyncio.timeout(30):
                    if writer is None:
                        reader, writer = await connect(spec, name, made)
                        report["connections"] += 1
                    writer.write(request_text(name, spec.get("path", "/fixed"), close=False))
                    status, fields, _ = await read_response(reader)
                    report["requests"] += 1
                    key = str(status)
                    report["statuses"][key] = report["statuses"].get(key, 0) + 1
                    if fields.get("connection") == "close":
                        writer.close()
                        writer = None
                    if report["requests"] % 20 == 0:
                        tell(spec.get("progress"), report["requests"])
                    await asyncio.sleep(spec.get("pause", 0))
            except Exception as error:
                report["failures"].append({"at": time.time(), **failure(error)})
                writer = None
                await asyncio.sleep(0.05)
        if writer is not None:
            writer.close()

    tasks = [asyncio.create_task(worker()) for _ in range(spec.get("workers", 4))]
    await input_ends()
    stopping.set()
    await asyncio.gather(*tasks)
    return report


async def raw(spec):
    """Sends each of `messages` (base64, or a list of parts sent one by one) on a connection of its
    own and reads until the server closes, or until `wait` seconds have passed without a byte."""
    made = context(spec) if spec.get("tls", True) else None

    async def one(message):
        parts = message if isinstance(message, list) else [message]
        report, received = {"closed": False}, b""
        try:
            reader, writer = await asyncio.open_connection(
                HOST, spec["port"], ssl=made, server_hostname=spec.get("name") if made else None)
        except Exception as error:
            return {**report, **failure(error), "bytes": ""}
        try:
            for part in parts:
                writer.write(base64.b64decode(part))
                await writer.drain()
                if len(parts) > 1:
                    await asyncio.sleep(0.05)
            while True:
                async with asyncio.timeout(spec.get("wait", 5)):
                    block = await reader.read(65536)
                if not block:
                    report["closed"] = True
                    break
                received += block
        except TimeoutError:
            pass
        except Exception as error:
            report.update(failure(error), closed=True)
        writer.transport.abort()
        return {**report, "bytes": base64.b64encode(received).decode()}

    gate = asyncio.Semaphore(spec.get("parallel", 1))

    async def gated(message):
        async with gate:
            return await one(message)

    return {"answers": await asyncio.gather(*(gated(m) for m in spec["messages"]))}


def client_hello(name):
    """A real ClientHello for `name`, as OpenSSL writes it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    try:
        made.wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


async def abandon(spec):
    """Sends a ClientHello for each name and leaves after `after` milliseconds, without a word."""

    async def one(name):
        _, writer = await asyncio.open_connection(HOST, spec["port"])
        writer.write(client_hello(name))
        await writer.drain()
        await asyncio.sleep(spec.get("after", 5) / 1000)
        writer.transport.abort()

    await asyncio.gather(*(one(n) for n in spec["names"]))
    return {"abandoned": len(spec["names"])}


async def stuck(spec):
    """`count` connections that stop half way at `stage` and wait for the server to close them.

    Writes "stuck" to the file `sign` when all of them stand there."""
    name, stage, count = spec["names"][0], spec["stage"], spec["count"]
    made, closed, standing = context(spec), 0, 0
    half = {
        "head": f"GET / HTTP/1.1\r\nHost: {name}\r\nX-Half: ".encode(),
        "body": f"POST /echo HTTP/1.1\r\nHost: {name}\r\nContent-Length: 1000\r\n\r\nhalf".encode(),
        "idle": b"",
    }

    async def stand():
        nonlocal standing
        if stage in ("tcp", "hello"):
            reader, writer = await asyncio.open_connection(HOST, spec["port"])
            if stage == "hello":
                hello = client_hello(name)
                writer.write(hello[:len(hello) // 2])
        else:
            reader, writer = await connect(spec, name, made)
            writer.write(half[stage])
        standing += 1
        if standing == count and spec.get("sign"):
            with open(spec["sign"], "w") as file:
                file.write("stuck")
        return reader, writer

    async def one():
        nonlocal closed
        reader, writer = await stand()
        try:
            await writer.drain()
            async with asyncio.timeout(spec.get("timeout", 60)):
                while await reader.read(4096):
                    pass
                closed += 1
        except TimeoutError:
            pass
        except (ConnectionError, ssl.SSLError):
            closed += 1
        writer.transport.abort()

    gate = asyncio.Semaphore(count)

    async def gated():
        async with gate:
            await one()

    await asyncio.gather(*(gated() for _ in range(count)))
    return {"closed": closed}


async def pieces(spec):
    """A visit whose first bytes, up to the end of the ClientHello, leave in segments of one byte."""
    name, made = spec["names"][0], context(spec)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = made.wrap_bio(incoming, outgoing, server_hostname=name)
    reader, writer = await asyncio.open_connection(HOST, spec["port"])
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def step(operation):
        while True:
            try:
                return operation()
            except ssl.SSLWantReadError:
                for byte in (waiting := outgoing.read())[:600]:
                    writer.write(bytes([byte]))
                    await asyncio.sleep(0)
                writer.write(waiting[600:])
                incoming.write(await reader.read(65536))

    await step(tls.do_handshake)
    tls.write(request_text(name, "/fixed"))
    writer.write(outgoing.read())
    line = await step(lambda: tls.read(1000))
    writer.transport.abort()
    return {"status": int(line.split(b" ")[1])}


async def websocket(spec):
    """An upgrade and an echo of messages of every length form; what came back wrong."""
    name = spec["names"][0]
    reader, writer = await connect(spec, name)
    key = base64.b64encode(os.urandom(16)).decode()
    writer.write((f"GET /ws HTTP/1.1\r\nHost: {name}\r\nUpgrade: websocket\r\n"
                  f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                  "Sec-WebSocket-Version: 13\r\n\r\n").encode())
    status, fields, _ = await read_response(reader)
    guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    wanted = base64.b64encode(hashlib.sha1((key + guid).encode()).digest()).decode()
    report = {"status": status, "accepted": fields.get("sec-websocket-accept") == wanted,
              "echoed": 0}
    if status != 101:
        return report
    for message in (b"", b"hello", os.urandom(125), os.urandom(126), os.urandom(60_000)):
        length, mask = len(message), os.urandom(4)
        size = bytes([0x80 | length]) if length < 126 else b"\xfe" + struct.pack(">H", length)
        masked = bytes(b ^ mask[i % 4] for i, b in enumerate(message))
        writer.write(b"\x82" + size + mask + masked)
        await writer.drain()
        _, second = await reader.readexactly(2)
        back = second & 0x7F
        if back == 126:
            (back,) = struct.unpack(">H", await reader.readexactly(2))
        if await reader.readexactly(back) == message:
            report["echoed"] += 1
    writer.write(b"\x88\x80" + os.urandom(4))
    await reader.readexactly(2)
    report["ended"] = await reader.read(1) == b""
    return report


async def events(spec):
    """Asks for server-sent events; steps the origin to the next only when one has come."""
    name, count = spec["names"][0], spec["count"]

    async def step():
        reader, writer = await asyncio.open_connection(HOST, spec["origin"])
        writer.write(request_text("origin", "/control/step"))
        await read_response(reader)
        writer.close()

    reader, writer = await connect(spec, name)
    writer.write(request_text(name, f"/events?count={count}"))
    while (await reader.readline()).strip():
        pass
    came = 0
    for number in range(count):
        await step()
        async with asyncio.timeout(30):
            while f"data: {number}".encode() not in await reader.readline():
                pass
        came += 1
    writer.close()
    return {"came": came}


async def slow(spec):
    """Reads `first` bytes of a big answer and then nothing until the input ends; then the rest."""
    name, size = spec["names"][0], spec["bytes"]
    with socket.socket() as plain:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        plain.connect((HOST, spec["port"]))
        plain.setblocking(False)
        reader, writer = await asyncio.open_connection(
            sock=plain, ssl=context(spec), server_hostname=name, limit=65536)
        writer.write(request_text(name, f"/down?bytes={size}"))
        await reader.readexactly(1024)
        with open(spec["sign"], "w") as file:
            file.write("reading")
        await input_ends()
        got = 1024
        while (block := await reader.read(65536)):
            got += len(block)
        writer.transport.abort()
    return {"got": got}


commands = {f.__name__: f for f in
            (visit, handshakes, load, raw, abandon, stuck, pieces, websocket, events, slow)}
specification = json.loads(sys.stdin.readline())
print(json.dumps(asyncio.run(commands[sys.argv[1]](specification))))
