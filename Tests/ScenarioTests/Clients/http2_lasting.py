#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Streams of HTTP/2 that are open while something happens to the edge.

    http2_lasting.py EDGE-PORT ROOTS KIND...

KIND is "slow", five requests that take two seconds, or "websocket". Says "begun" when all of them
are under way, waits for the end of standard input, and prints JSON: what became of them.
"""
import asyncio
import json
import sys

sys.dont_write_bytecode = True

import frames
import visitors
from websocket_cases import TEXT, frame

NAME = "app.customer.test"


async def echo(visitor, stream, text):
    """Whether the WebSocket brings a message back."""
    before = len(stream.answer.body)
    await visitor.send(stream, frame(TEXT, text))
    wanted = bytes([0x81, len(text)]) + text.encode()
    try:
        async with asyncio.timeout(60):
            while not stream.done.is_set() and stream.answer.body[before:] != wanted:
                stream.came.clear()
                await stream.came.wait()
    except TimeoutError:
        pass
    return stream.answer.body[before:] == wanted


async def main():
    port, roots, kinds = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    visitor, socket = visitors.HTTP2Visitor(port, roots, NAME), None
    # The h2 package takes nothing behind GOAWAY, so these requests do without it.
    wire = await frames.Wire(port, roots, NAME).open()
    # What is said to a server that has closed makes asyncio forget what it had heard.
    wire.reads = False
    report, slow = {}, [1, 3, 5, 7, 9] if "slow" in kinds else []
    for number in slow:
        await wire.send(frames.headers(number, wire.request(b"/slow?ms=2000")))
    if "websocket" in kinds:
        await visitor.connect()
        await visitor.extended_connect.wait()
        socket = await visitor.open(
            "/ws", "CONNECT", [("sec-websocket-version", "13")], ends=False,
            pseudo=[(":protocol", "websocket")])
        report["before"] = await echo(visitor, socket, "before")
    print("begun", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    if socket:
        report["after"] = await echo(visitor, socket, "after")
        visitor.close()
    heard = [await wire.over(number, 20) for number in slow]
    report["slow"] = [f"{'whole' if each.is_whole else each.code} {each.status}" for each in heard]
    if wire.goaway:
        report["goaway"] = wire.goaway
        report["closed"] = await wire.until(lambda: wire.closed)
    else:
        await wire.send(frames.headers(99, wire.request(b"/fixed")))
        report["next"] = (await wire.over(99)).status
    wire.close()
    print(json.dumps(report))


asyncio.run(main())
