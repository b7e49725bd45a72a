#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An origin that lies: what it answers, and what a client may be made to believe of it.

    lies.py EDGE-PORT ORIGIN-PORT ROOTS VERSION

The client speaks HTTP/VERSION. Each row is asked for once; a neighbour on a connection of its own
asks at the same moment, and both ask again after it. Prints JSON: each row with what is wrong.
"""
import asyncio
import dataclasses
import json
import socket
import struct
import sys

sys.dont_write_bytecode = True

import strict
import visitors

NAME = "app.customer.test"
# What a liar would have the next visitor believe.
POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"


@dataclasses.dataclass
class Row:
    """`wanted` is a status of the proxy's own, "broken", or the body of a whole 200."""
    claim: str
    section: str
    parts: list
    wanted: object
    method: str = "GET"
    ends: str = "waits"


ROWS = []


def lie(claim, section, answer, wanted, **more):
    """`answer` is sent as it is, in parts; then the origin closes, resets,
    or "waits" in silence."""
    ROWS.append(Row(claim, section, answer if isinstance(answer, list) else [answer], wanted,
                    **more))


def ok(*lines, body=b"", version=b"1.1"):
    return b"\r\n".join([b"HTTP/" + version + b" 200 OK", *lines, b"", body])


# Lengths

lie("a length that is true", "9112 §6.3", ok(b"Content-Length: 5", body=b"truth"), b"truth")
lie("a length too long, and an end", "9112 §6.3", ok(b"Content-Length: 50", body=b"half"),
    "broken", ends="closes")
lie("a length too long, and a reset", "9112 §6.3", ok(b"Content-Length: 50", body=b"half"),
    "broken", ends="resets")
lie("a length too long, and silence", "9112 §6.3", ok(b"Content-Length: 50", body=b"half"),
    "broken")
lie("a large length, and an end", "9112 §6.3",
    ok(b"Content-Length: 3000000", body=b"x" * 2999999), "broken", ends="closes")
lie("a length past 64 bits", "9110 §8.6", ok(b"Content-Length: 18446744073709551621",
    body=b"hello"),
    502)
lie("a length too short", "9112 §6.3", ok(b"Content-Length: 5", body=b"truth and more"), b"truth")
lie("a second answer behind the first", "9112 §9.2", ok(b"Content-Length: 5",
    body=b"truth") + POISON,
    b"truth")
lie("a second answer a moment later", "9112 §9.2",
    [ok(b"Content-Length: 5", body=b"truth"), POISON], b"truth")
for name, lines in (
    ("two lengths that differ", (b"Content-Length: 5", b"Content-Length: 6")),
    ("two lengths that are equal", (b"Content-Length: 5", b"Content-Length: 5")),
    ("a list of lengths", (b"Content-Length: 5, 6",)),
    ("a length with a sign", (b"Content-Length: +5",)),
    ("a negative length", (b"Content-Length: -5",)),
    ("a length in hexadecimal", (b"Content-Length: 0x5",)),
    ("a length of words", (b"Content-Length: five",)),
    ("a length of nothing", (b"Content-Length:",)),
    ("a length with a space", (b"Content-Length: 5 5",)),
    ("a length beside chunked", (b"Content-Length: 5", b"Transfer-Encoding: chunked")),
    ("an unknown coding", (b"Transfer-Encoding: zip",)),
    ("a coding behind chunked", (b"Transfer-Encoding: chunked, gzip",)),
    ("a coding before chunked", (b"Transfer-Encoding: gzip, chunked",)),
    ("chunked twice", (b"Transfer-Encoding: chunked, chunked",)),
    ("a coding with a vertical tab", (b"Transfer-Encoding: \x0bchunked",)),
    ("a coding of nothing", (b"Transfer-Encoding:",)),
    ("a coding with a space before its colon", (b"Transfer-Encoding : chunked",)),
):
    lie(name, "9112 §6.3", ok(*lines, body=b"5\r\nhello\r\n0\r\n\r\n"), 502)
lie("chunked in HTTP/1.0", "9112 §6.1",
    ok(b"Transfer-Encoding: chunked", body=b"0\r\n\r\n", version=b"1.0"), 502)

# Chunks

CHUNKED = b"Transfer-Encoding: chunked"
lie("chunks that are true", "9112 §7.1", ok(CHUNKED, body=b"5\r\ntruth\r\n0\r\n\r\n"), b"truth")
for name, body in (
    ("no last chunk", b"5\r\nhello\r\n"), ("a last chunk without its end", b"5\r\nhello\r\n0\r\n"),
    ("half a chunk", b"5\r\nhe"), ("half a size", b"5\r\nhello\r\n1"),
):
    lie(f"{name}, and an end", "9112 §8", ok(CHUNKED, body=body), "broken", ends="closes")
    lie(f"{name}, and a reset", "9112 §8", ok(CHUNKED, body=body), "broken", ends="resets")
for name, body in (
    ("a letter for a size", b"g\r\nhello\r\n0\r\n\r\n"), ("no size", b"\r\nhello\r\n0\r\n\r\n"),
    ("a negative size", b"-5\r\nhello\r\n0\r\n\r\n"), ("a prefix", b"0x5\r\nhello\r\n0\r\n\r\n"),
    ("a space behind the size", b"5 \r\nhello\r\n0\r\n\r\n"), ("LF for an end", b"5\nhello\n0\n\n"),
    ("a size past 64 bits", b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    ("a chunk longer than its size", b"4\r\nhello\r\n0\r\n\r\n"),
    ("a chunk shorter than its size", b"6\r\nhello\r\n0\r\n\r\n"),
    ("an endless size", b"0" * 100_000), ("an endless extension", b"5;" + b"a" * 100_000),
    ("a folded trailer", b"0\r\nX: a\r\n b\r\n\r\n"), ("NUL in a trailer", b"0\r\nX: \0\r\n\r\n"),
    ("endless trailers", b"0\r\n" + b"X: y\r\n" * 20_000),
    ("the next answer for a trailer", b"0\r\n" + POISON),
):
    lie(name, "9112 §7.1", ok(CHUNKED, body=b"4\r\ntrue\r\n" + body), "broken")

# Heads

lie("nothing, and an end", "9110 §15.6.3", b"", 502, ends="closes")
lie("nothing, and a reset", "9110 §15.6.3", b"", 502, ends="resets")
lie("nothing, and silence", "9110 §15.6.5", b"", 504)
lie("half a status line, and an end", "9112 §8", b"HTTP/1.", 502, ends="closes")
lie("half a head, and an end", "9112 §8", b"HTTP/1.1 200 OK\r\nX: y\r\n", 502, ends="closes")
lie("half a head, and a reset", "9112 §8", b"HTTP/1.1 200 OK\r\nX: y\r\n", 502, ends="resets")
lie("half a head, and silence", "9112 §8", b"HTTP/1.1 200 OK\r\nX: y\r\n", 504)
for name, head in (
    ("no HTTP", b"this is not HTTP\r\n\r\n"), ("HTML", b"<html></html>"), ("NULs", b"\0" * 100),
    ("a TLS alert", b"\x15\x03\x01\x00\x02\x02\x28"), ("HTTP/2's settings", b"\0\0\0\4\0\0\0\0\0"),
    ("another version", b"HTTP/2.0 200 OK\r\n\r\n"), ("no version", b"ICY 200 OK\r\n\r\n"),
    ("a status of two digits", b"HTTP/1.1 20 OK\r\n\r\n"),
    ("a status of four digits", b"HTTP/1.1 2000 OK\r\n\r\n"),
    ("a status of 0", b"HTTP/1.1 000 OK\r\n\r\n"), ("a status of 999", b"HTTP/1.1 999 OK\r\n\r\n"),
    ("a negative status", b"HTTP/1.1 -20 OK\r\n\r\n"), ("an empty line first", b"\r\n" + ok()),
    ("a line that ends in LF", b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
    ("CR in the reason", b"HTTP/1.1 200 O\rK\r\n\r\n"),
    ("NUL in the reason", b"HTTP/1.1 200 \0\r\n\r\n"),
    ("a folded line", ok(b"X: a\r\n b")), ("a space before the colon", ok(b"X : a")),
    ("no colon", ok(b"X")), ("no name", ok(b": x")), ("NUL in a value", ok(b"X: a\0b")),
    ("CR in a value", ok(b"X: a\rSet-Cookie: b")), ("LF in a value", ok(b"X: a\nSet-Cookie: b")),
    ("a pseudo-header field", ok(b":status: 200")), ("a name above ASCII", ok(b"\xe4: x")),
    ("a space in a name", ok(b"X Y: z")),
    ("20,000 fields", ok(*[b"X: y"] * 20_000)), ("a value of 1 MB", ok(b"X: " + b"y" * (1 << 20))),
    ("a name of 1 MB", ok(b"X" * (1 << 20) + b": y")), ("a reason of 1 MB",
     b"HTTP/1.1 200 " + b"O" * (1 << 20) + b"\r\n\r\n"),
):
    lie(name, "9112 §4", head, 502)
lie("a switch of protocols that nobody asked for", "9110 §15.2.2",
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n" + POISON,
    (502, "broken"))

# Interim answers

HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n"
lie("some interim answers", "9110 §15.2", HINT * 5 + ok(b"Content-Length: 5", body=b"truth"),
    b"truth")
lie("a storm of 100", "9110 §15.2", b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000, (502, "broken"))
lie("a storm of 103", "9110 §15.2", HINT * 50_000, (502, "broken"))
lie("an interim answer, and an end", "9110 §15.2", HINT, (502, "broken"), ends="closes")
lie("an interim answer, and nonsense", "9110 §15.2", HINT + b"nonsense\r\n\r\n", (502, "broken"))

# Answers without content

lie("204 with content", "9110 §15.3.5", b"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello", b"")
lie("204 with a second answer", "9110 §15.3.5", b"HTTP/1.1 204 No\r\n\r\n" + POISON, b"")
lie("304 with content", "9110 §15.4.5", b"HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\nhello", b"")
lie("content for HEAD", "9110 §9.3.2", ok(b"Content-Length: 5", body=b"hello"), b"", method="HEAD")
lie("chunks for HEAD", "9110 §9.3.2", ok(CHUNKED, body=b"5\r\nhello\r\n0\r\n\r\n"), b"",
    method="HEAD")

# Answers that end with the connection

lie("an end that is true", "9112 §6.3", ok(body=b"truth"), b"truth", ends="closes")
lie("a reset for an end", "9112 §6.3", ok(body=b"half"), "broken", ends="resets")
lie("HTTP/1.0 that ends", "9112 §6.3", ok(version=b"1.0", body=b"truth"), b"truth", ends="closes")


class LyingOrigin:
    def __init__(self):
        self.told = asyncio.Event()

    async def serve(self, reader, writer):
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""
        try:
            while True:
                while True:
                    source = strict.Input(received)
                    try:
                        request = strict.read_request(source)
                        break
                    except strict.Incomplete:
                        if not (block := await reader.read(1 << 16)):
                            return writer.close()
                        received += block
                received = received[source.at:]
                if request.line[1].startswith(b"/lie/"):
                    await self.lie(ROWS[int(request.line[1][5:])], writer, sock)
                else:
                    writer.write(ok(b"Content-Length: 4", body=b"fine"))
                    await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        writer.close()

    async def lie(self, row, writer, sock):
        try:
            for index, part in enumerate(row.parts):
                if index:
                    await asyncio.sleep(0.05)
                writer.write(part)
                await writer.drain()
        finally:
            self.told.set()
        if row.ends == "resets":
            await asyncio.sleep(0.05)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise ConnectionError
        if row.ends == "closes":
            raise ConnectionError


def judge(row, answer):
    """What is wrong with what the client was made to believe."""
    wanted = row.wanted if isinstance(row.wanted, tuple) else (row.wanted,)
    believed = answer.ending
    if answer.ending == "whole":
        believed = answer.status if answer.status in (502, 504) else answer.body
    if believed in wanted:
        return []
    return [f"{answer.ending} {answer.status} {answer.body[:60]!r} {answer.why}"]


async def play(index, row, origin, liar, neighbour):
    origin.told.clear()
    answer, beside = await asyncio.gather(
        liar.fetch(f"/lie/{index}", row.method), neighbour.fetch("/fine"))
    wrong = judge(row, answer)
    await origin.told.wait()
    after = await asyncio.gather(liar.fetch("/fine"), neighbour.fetch("/fine"))
    for who, each in (("beside it", beside), ("after it", after[0]), ("a neighbour", after[1])):
        if (each.ending, each.body) != ("whole", b"fine"):
            wrong.append(f"{who}: {each.ending} {each.status} {each.body[:60]!r} {each.why}")
    # HTTP/2 has resets for streams: a lie costs its own request.
    if neighbour.connections > 1 or (liar.version == "2" and liar.connections > 1):
        wrong.append("the connection was lost")
        neighbour.connections = liar.connections = 1
    return wrong


async def main():
    edge, port, roots, version = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    origin = LyingOrigin()
    server = await asyncio.start_server(origin.serve, "127.0.0.1", port)
    liar, neighbour = (visitors.visitor(version, edge, roots, NAME) for _ in range(2))
    found = []
    for index, row in enumerate(ROWS):
        if (wrong := await play(index, row, origin, liar, neighbour)):
            found.append({"claim": row.claim, "section": row.section, "what": wrong})
    liar.close()
    neighbour.close()
    server.close()
    print(json.dumps({"rows": len(ROWS), "wrong": found}))


asyncio.run(main())
