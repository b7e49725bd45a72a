#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays the conversations of websocket_cases.py with an echo server, straight and through the edge.

    websocket_play.py EDGE-PORT ORIGIN-PORT ROOTS VERSION

Through the edge WebSocket runs over HTTP/VERSION, "2" by extended CONNECT (RFC 8441). What comes
back has to be the same both ways, frame by frame. Prints JSON: each case with what differs.
"""
import asyncio
import base64
import hashlib
import json
import logging
import os
import ssl
import sys

sys.dont_write_bytecode = True

import visitors
from websocket_cases import CASES, CLOSE, PING, PONG, close
from websockets.asyncio.server import serve

NAME = "app.customer.test"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SECONDS = 20


async def echo(connection):
    async for message in connection:
        await connection.send(message)


class Frames:
    """The frames of one direction: first byte, length and payload of each as text."""

    def __init__(self):
        self.seen, self.rest, self.answers, self.closed = [], bytearray(), 0, False
        self.changed = asyncio.Event()

    def feed(self, data):
        self.rest += data
        at = 0
        while (end := self.end_of_frame(at)):
            start, end = end
            payload, opcode = bytes(self.rest[start:end]), self.rest[at] & 15
            # The ends of messages, pings and pongs: each of the client's has one of the server's.
            self.answers += opcode in (PING, PONG) or opcode < CLOSE and self.rest[at] >= 0x80
            self.closed = self.closed or opcode == CLOSE
            shown = payload.hex() if len(payload) < 200 else hashlib.sha256(payload).hexdigest()
            self.seen.append(f"{self.rest[at]:02x} {len(payload)} {shown}")
            at = end
        del self.rest[:at]
        self.changed.set()

    def end_of_frame(self, at):
        """Where the payload of the frame at `at` begins and ends, when all of it is there."""
        if len(self.rest) < at + 2:
            return None
        size, start = self.rest[at + 1] & 0x7f, at + 2
        if size >= 126:
            start += 2 if size == 126 else 8
            if len(self.rest) < start:
                return None
            size = int.from_bytes(self.rest[at + 2:start], "big")
        start += 4 if self.rest[at + 1] & 0x80 else 0
        return (start, start + size) if len(self.rest) >= start + size else None


class Upgraded:
    """A WebSocket over HTTP/1.1, straight or through TLS."""

    def __init__(self, port, context):
        self.port, self.context = port, context

    async def open(self, case):
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.context,
            server_hostname=NAME if self.context else None)
        key = base64.b64encode(os.urandom(16))
        lines = [b"GET /echo HTTP/1.1", b"Host: " + NAME.encode(), b"Upgrade: websocket",
                 b"Connection: Upgrade", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: " + key]
        if case.offer:
            lines.append(b"Sec-WebSocket-Extensions: " + case.offer.encode())
        self.writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
        head = await self.reader.readuntil(b"\r\n\r\n")
        status, *lines = head.decode().strip().split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in
                  (line.partition(":") for line in lines)}
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        if not status.startswith("HTTP/1.1 101 ") or fields.get("sec-websocket-accept") != accept:
            raise ConnectionError(f"not accepted: {head!r}")
        return fields.get("sec-websocket-extensions", "")

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def receive(self):
        try:
            return await self.reader.read(1 << 16)
        except (ConnectionError, ssl.SSLError):
            return b""

    def leave(self):
        self.writer.transport.abort()


class Connected:
    """A WebSocket on a stream of HTTP/2; all of them share a connection."""

    def __init__(self, visitor):
        self.visitor = visitor

    async def open(self, case):
        if self.visitor.writer is None:
            await self.visitor.connect()
        await self.visitor.extended_connect.wait()
        fields = [("sec-websocket-version", "13")]
        if case.offer:
            fields.append(("sec-websocket-extensions", case.offer))
        self.stream = await self.visitor.open(
            "/echo", "CONNECT", fields, ends=False, pseudo=[(":protocol", "websocket")])
        self.taken = 0
        await self.stream.headed.wait()
        answer = self.stream.answer
        if answer.status != 200:
            raise ConnectionError(f"not accepted: {answer.status} {answer.why}")
        return dict(answer.fields).get("sec-websocket-extensions", "")

    async def send(self, data):
        await self.visitor.send(self.stream, data)

    async def receive(self):
        answer = self.stream.answer
        while self.taken == len(answer.body):
            if self.stream.done.is_set():
                return b""
            self.stream.came.clear()
            await self.stream.came.wait()
        data, self.taken = answer.body[self.taken:], len(answer.body)
        return data

    def leave(self):
        self.visitor.leave(self.stream)


async def converse(link, case):
    """What the server said to a case, in lines."""
    frames = Frames()
    try:
        async with asyncio.timeout(SECONDS):
            agreed = await link.open(case)
            sending = asyncio.create_task(send(link, case, frames))
            while (data := await link.receive()):
                frames.feed(data)
                if frames.closed and case.fails:
                    break
            ending = "closed"
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
    except TimeoutError:
        agreed, ending = "?", "waits"
    link.leave()
    return [f"extensions: {agreed}", *frames.seen, ending]


async def send(link, case, frames):
    """A close only ends what was answered: servers drop what they have not got to."""
    step = case.chop or max(1, len(case.data))
    await link.send(case.before)
    await answered(case.before, frames)
    for at in range(0, len(case.data), step):
        await link.send(case.data[at:at + step])
    if not case.fails:
        await answered(case.before + case.data, frames)
        await link.send(close())


async def answered(data, frames):
    wanted = Frames()
    wanted.feed(data)
    # Nobody answers a pong.
    count = wanted.answers - sum(line.startswith("8a ") for line in wanted.seen)
    while frames.answers < count:
        frames.changed.clear()
        await frames.changed.wait()


async def main():
    edge, port, roots, version = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    context = ssl.create_default_context(cafile=roots)
    visitor = visitors.HTTP2Visitor(edge, roots, NAME) if version == "2" else None
    wrong = []
    async with serve(echo, "127.0.0.1", port, max_size=None, ping_interval=None, close_timeout=10):
        for case in CASES:
            link = Connected(visitor) if visitor else Upgraded(edge, context)
            straight = await converse(Upgraded(port, None), case)
            through = await converse(link, case)
            if straight != through:
                wrong.append({
                    "claim": f"{case.number}: {case.claim}", "section": "Autobahn",
                    "what": [f"straight {summary(straight)}", f"through {summary(through)}"]})
        if visitor:
            visitor.close()
    print(json.dumps({"rows": len(CASES), "wrong": wrong}))


def summary(lines):
    return f"{len(lines)} lines, at last {lines[-2:]}"[:300]


asyncio.run(main())
