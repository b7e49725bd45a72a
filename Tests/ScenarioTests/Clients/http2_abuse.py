#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Abusers of HTTP/2, each on a connection of its own, while a neighbour's requests go on.

    http2_abuse.py EDGE-PORT ROOTS

An abuser has to be told ENHANCE_YOUR_CALM, or what its case names, and its connection to end,
before it has said all that it has to say. Prints JSON: each case with what is wrong.
"""
import asyncio
import json
import struct
import sys

sys.dont_write_bytecode = True

import frames
import visitors
from frames import (CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, PRIORITY,
                    PRIORITY_UPDATE, SETTINGS, WINDOW_UPDATE)

NAME = "app.customer.test"
CALM = "ENHANCE_YOUR_CALM"
CASES = []


def case(claim, section, *wanted):
    def add(function):
        CASES.append((claim, section, wanted or (CALM,), function))
        return function
    return add


async def repeat(wire, count, one, batch=200):
    """Sends `one(number)` until the server has closed, `count` times at most."""
    for start in range(0, count, batch):
        if wire.closed or wire.goaway:
            return
        await wire.send(b"".join(one(number) for number in range(start, start + batch)))
        await asyncio.sleep(0)


def stream(number):
    return 2 * number + 1


@case("requests that are reset at once (CVE-2023-44487)", "9113 §5.4.2")
async def rapid_reset(wire):
    head = frames.block(wire.request(b"/slow?ms=1000"))
    await repeat(wire, 20_000, lambda n: frames.headers(stream(n), head)
                 + frames.reset(stream(n)))


@case("requests that make the server reset them: no increment (CVE-2025-8671)", "9113 §6.9")
async def made_you_reset_by_nothing(wire):
    head = frames.block(wire.request(b"/slow?ms=1000"))
    await repeat(wire, 20_000, lambda n: frames.headers(stream(n), head)
                 + frames.window(stream(n), 0))


@case("requests that make the server reset them: too large a window", "9113 §6.9.1")
async def made_you_reset_by_overflow(wire):
    head = frames.block(wire.request(b"/slow?ms=1000"))
    await repeat(wire, 20_000, lambda n: frames.headers(stream(n), head)
                 + frames.window(stream(n), 0x7fffffff))


@case("requests that make the server reset them: content behind the end", "9113 §5.1",
      CALM, "STREAM_CLOSED")
async def made_you_reset_by_content(wire):
    head = frames.block(wire.request(b"/slow?ms=1000"))
    await repeat(wire, 20_000, lambda n: frames.headers(stream(n), head)
                 + frames.frame(DATA, 0, stream(n), b"more"))


@case("requests that are malformed, without end", "9113 §8.1.1")
async def malformed_requests(wire):
    head = frames.block([*wire.request(), (b"X", b"y")])
    await repeat(wire, 20_000, lambda n: frames.headers(stream(n), head))


@case("more streams than are allowed, without end", "9113 §5.1.2")
async def too_many_streams(wire):
    head = frames.block(wire.request(b"/slow?ms=60000"))
    await repeat(wire, 20_000, lambda n: frames.headers(stream(n), head))


@case("a field section in CONTINUATION without end (CVE-2024-27316)", "9113 §6.10")
async def continuations(wire):
    await wire.send(frames.headers(1, frames.block(wire.request()), flags=0))
    field = frames.block([(b"x", b"y" * 4000)])
    await repeat(wire, 20_000, lambda n: frames.frame(CONTINUATION, 0, 1, field), 10)


@case("CONTINUATION of nothing without end", "9113 §6.10")
async def empty_continuations(wire):
    await wire.send(frames.headers(1, frames.block(wire.request()), flags=0))
    await repeat(wire, 100_000, lambda n: frames.frame(CONTINUATION, 0, 1))


@case("SETTINGS without end", "9113 §6.5")
async def settings(wire):
    await repeat(wire, 100_000, lambda n: frames.settings(window=65_535 + n % 2))


@case("PING without end (CVE-2019-9512)", "9113 §6.7")
async def pings(wire):
    await repeat(wire, 100_000, lambda n: frames.frame(PING, 0, 0, struct.pack(">Q", n)))


@case("DATA of nothing without end (CVE-2019-9518)", "9113 §6.1")
async def empty_data(wire):
    await wire.send(frames.headers(1, wire.request(b"/echo", b"POST"), ends=False))
    await repeat(wire, 100_000, lambda n: frames.frame(DATA, 0, 1))


@case("DATA of padding without end", "9113 §6.1", CALM, "FLOW_CONTROL_ERROR")
async def padding(wire):
    await wire.send(frames.headers(1, wire.request(b"/echo", b"POST"), ends=False))
    await repeat(wire, 100_000,
                 lambda n: frames.frame(DATA, frames.PADDED, 1, b"\xff" + bytes(255)))


@case("PRIORITY without end (CVE-2019-9513)", "9113 §6.3")
async def priorities(wire):
    await repeat(wire, 100_000,
                 lambda n: frames.frame(PRIORITY, 0, stream(n % 100), b"\0\0\0\0\x10"))


@case("PRIORITY_UPDATE without end", "9218 §7.1")
async def priority_updates(wire):
    await repeat(wire, 100_000, lambda n: frames.frame(
        PRIORITY_UPDATE, 0, 0, struct.pack(">I", stream(n % 100)) + b"u=1"))


@case("WINDOW_UPDATE of one byte without end", "9113 §6.9")
async def window_updates(wire):
    await repeat(wire, 200_000, lambda n: frames.window(0, 1))


@case("frames of unknown types without end", "9113 §5.5")
async def unknown_frames(wire):
    await repeat(wire, 100_000, lambda n: frames.frame(0xbe, 0, 0, b"x"))


@case("a field section that references blow up (HPACK bomb)", "9113 §10.5.1", CALM, 431, 400,
      "PROTOCOL_ERROR", "REFUSED_STREAM")
async def bomb(wire):
    # One entry of 4,000 bytes in the table, then 15,000 references to it.
    entry = b"\x40" + frames.integer(1, 7) + b"x" + frames.integer(4000 - 34, 7) + b"y" * 3966
    await wire.send(frames.headers(1, frames.block(wire.request()) + entry))
    for number in range(1, 50):
        head = frames.block(wire.request()) + b"\xbe" * 15_000
        await wire.send(frames.headers(stream(number), head))


@case("a frame larger than was allowed", "9113 §4.2", "FRAME_SIZE_ERROR")
async def large_frame(wire):
    await wire.send(frames.frame(HEADERS, END_HEADERS | END_STREAM, 1, bytes(16_385)))


@case("more content than the window", "9113 §6.9.1", "FLOW_CONTROL_ERROR")
async def beyond_window(wire):
    await wire.send(frames.headers(1, wire.request(b"/never", b"POST"), ends=False))
    await repeat(wire, 1000, lambda n: frames.frame(DATA, 0, 1, bytes(16_384)), 10)


@case("SETTINGS that are none", "9113 §6.5.2", "FLOW_CONTROL_ERROR")
async def bad_settings(wire):
    await wire.send(frames.frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0x80000000)))


async def play(function, wanted, port, roots, neighbour):
    """What is wrong, while the neighbour asks again and again."""
    wire = await frames.Wire(port, roots, NAME).open()
    over = asyncio.Event()

    async def visits():
        seen = []
        while not over.is_set() or not seen:
            answer = await neighbour.fetch("/fixed")
            seen.append((answer.ending, answer.status))
        return seen

    visiting = asyncio.create_task(visits())
    await function(wire)
    await wire.until(lambda: wire.goaway or wire.closed
                     or any(each.status in wanted for each in wire.streams.values()), 30)
    over.set()
    seen, wrong = await visiting, []
    if set(seen) != {("whole", 200)}:
        wrong.append(f"the neighbour saw {set(seen)}")
    outcomes = {wire.goaway} | {each.status for each in wire.streams.values()} | {
        each.code for each in wire.streams.values()}
    # What is told to one who goes on talking may be lost with the connection.
    if not outcomes & set(wanted) and not (wire.closed and CALM in wanted):
        wrong.append(f"GOAWAY {wire.goaway}, closed {wire.closed}, of {len(wire.streams)} streams "
                     f"{ {(each.status, each.code) for each in wire.streams.values()} }")
    wire.close()
    return wrong


async def main():
    port, roots = int(sys.argv[1]), sys.argv[2]
    neighbour, wrong = visitors.HTTP2Visitor(port, roots, NAME), []
    for claim, section, wanted, function in CASES:
        found = await play(function, wanted, port, roots, neighbour)
        if neighbour.connections > 1:
            found.append("the neighbour's connection was lost")
            neighbour.connections = 1
        if found:
            wrong.append({"claim": claim, "section": section, "what": found})
    neighbour.close()
    print(json.dumps({"rows": len(CASES), "wrong": wrong}))


asyncio.run(main())
