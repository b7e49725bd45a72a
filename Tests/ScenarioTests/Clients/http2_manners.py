#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What clients of HTTP/2 may expect, case by case, with `origin.py` behind the edge.

    http2_manners.py EDGE-PORT ORIGIN-PORT ROOTS PID

Prints JSON: each case with what is wrong.
"""
import asyncio
import hashlib
import json
import sys
import urllib.request

sys.dont_write_bytecode = True

import frames
import visitors
from frames import DATA, END_STREAM

NAME, OTHER = "app.customer.test", "other.customer.test"
BODY = bytes(range(256)) * 4096
CASES = []


def case(claim, section):
    def add(function):
        CASES.append((claim, section, function))
        return function
    return add


def equal(what, got, wanted):
    if got != wanted:
        raise AssertionError(f"{what}: {str(got)[:200]}, not {str(wanted)[:200]}")


class Edge:
    def __init__(self, port, origin, roots, pid):
        self.port, self.origin, self.roots, self.pid = int(port), int(origin), roots, int(pid)

    def visitor(self, **settings):
        return visitors.HTTP2Visitor(self.port, self.roots, NAME, **settings)

    async def wire(self, first=frames.settings()):
        return await frames.Wire(self.port, self.roots, NAME).open(first)

    async def seen(self, command="seen"):
        """What the origin has seen."""
        url = f"http://127.0.0.1:{self.origin}/control/{command}"
        return json.loads(await asyncio.to_thread(lambda: urllib.request.urlopen(url).read()))

    def peak_kilobytes(self):
        with open(f"/proc/{self.pid}/status") as file:
            return int(next(line for line in file if line.startswith("VmHWM")).split()[1])


@case("a body of a megabyte each way", "9113 §8.1")
async def bodies(edge):
    visitor = edge.visitor()
    answer = await visitor.fetch("/echo", "POST", body=BODY)
    heard = json.loads(answer.body)
    equal("length", heard["length"], len(BODY))
    equal("digest", heard["sha256"], hashlib.sha256(BODY).hexdigest())
    answer = await visitor.fetch(f"/down?bytes={len(BODY)}")
    equal("down", (answer.ending, len(answer.body)), ("whole", len(BODY)))
    visitor.close()


@case("a hundred requests at once", "9113 §5.1.2")
async def at_once(edge):
    visitor = edge.visitor()
    await visitor.connect()
    answers = await asyncio.gather(*(visitor.fetch(f"/slow?ms=50&n={n}") for n in range(100)))
    equal("answers", {(each.ending, each.status) for each in answers}, {("whole", 200)})
    equal("connections", visitor.connections, 1)
    visitor.close()


@case("one of a hundred streams reads nothing, and the others all get theirs", "9113 §5.2.2")
async def one_stalls(edge):
    visitor = edge.visitor()
    stalled = await visitor.open("/down?bytes=30000000")
    visitor.uncredited.add(stalled.id)
    answers = await asyncio.gather(
        *(visitor.fetch("/down?bytes=100000", seconds=20) for _ in range(99)))
    equal("answers", {(each.ending, len(each.body)) for each in answers}, {("whole", 100000)})
    equal("the one", stalled.done.is_set(), False)
    visitor.leave(stalled)
    equal("next", (await visitor.fetch("/fixed")).status, 200)
    visitor.close()


@case("another tenant's name on a connection is misdirected", "9110 §15.5.20")
async def misdirected(edge):
    wire = await edge.wire()
    await wire.send(frames.headers(1, [
        (b":method", b"GET"), (b":scheme", b"https"), (b":authority", OTHER.encode()),
        (b":path", b"/fixed")]))
    equal("status", (await wire.over(1)).status, 421)
    await wire.send(frames.headers(3, [
        (b":method", b"GET"), (b":scheme", b"https"), (b":authority", b"also.customer.test"),
        (b":path", b"/fixed")]))
    equal("a name of the certificate", (await wire.over(3)).status, 200)
    wire.close()


@case("trailers up", "9113 §8.1")
async def trailers_up(edge):
    visitor = edge.visitor()
    stream = await visitor.open("/echo", "POST", [("te", "trailers")], ends=False)
    await visitor.send(stream, b"hello")
    visitor.h2.send_headers(stream.id, [("x-sum", "5")], end_stream=True)
    visitor.flush()
    await stream.done.wait()
    equal("trailers", json.loads(stream.answer.body)["trailers"], [["x-sum", "5"]])
    visitor.close()


@case("trailers down", "9113 §8.1")
async def trailers_down(edge):
    visitor = edge.visitor()
    answer = await visitor.fetch("/trailers", fields=[("te", "trailers")])
    equal("body", answer.body, b"one two three")
    equal("trailers", answer.trailers, [("x-sum", "13")])
    visitor.close()


@case("an interim answer", "9113 §8.1")
async def interim(edge):
    visitor = edge.visitor()
    answer = await visitor.fetch("/hints")
    equal("interim", answer.interim, [103])
    equal("final", (answer.status, answer.body), (200, b"hinted\n"))
    visitor.close()


@case("an expectation is met by the origin", "9110 §10.1.1")
async def expectation(edge):
    visitor = edge.visitor()
    stream = await visitor.open(
        "/echo", "POST", [("expect", "100-continue"), ("content-length", "5")], ends=False)
    async with asyncio.timeout(10):
        while not stream.answer.interim:
            await asyncio.sleep(0.01)
    await visitor.send(stream, b"hello", ends=True)
    await stream.done.wait()
    equal("interim", stream.answer.interim, [100])
    equal("length", json.loads(stream.answer.body)["length"], 5)
    visitor.close()


@case("an answer before the upload's end, and the connection goes on", "9113 §8.1")
async def early_answer(edge):
    visitor = edge.visitor()
    stream = await visitor.open("/refuse", "POST", ends=False)
    sending = asyncio.create_task(visitor.send(stream, bytes(50_000_000)))
    await stream.done.wait()
    await asyncio.wait([sending], timeout=5)
    equal("answer", (stream.answer.status, stream.answer.body), (417, b"no\n"))
    equal("next", (await visitor.fetch("/fixed")).status, 200)
    equal("connections", visitor.connections, 1)
    visitor.close()


@case("answers without content", "9110 §6.4.1")
async def without_content(edge):
    visitor = edge.visitor()
    for path, method, status in (("/fixed", "HEAD", 200), ("/status/204", "GET", 204),
                                 ("/status/304", "GET", 304), ("/status/404", "HEAD", 404)):
        answer = await visitor.fetch(path, method)
        equal(path, (answer.ending, answer.status, answer.body), ("whole", status, b""))
    visitor.close()


@case("fields of one hop stay there", "9113 §8.2.2")
async def hop_by_hop(edge):
    visitor = edge.visitor()
    fields = [name for name, _ in (await visitor.fetch("/odd")).fields]
    equal("connection fields", {"connection", "keep-alive", "x-hop", "transfer-encoding"}
          & set(fields), set())
    equal("cookies", fields.count("set-cookie"), 2)
    visitor.close()


@case("an upload waits for an origin that does not read", "9113 §5.2")
async def backpressure(edge):
    visitor = edge.visitor()
    before = edge.peak_kilobytes()
    stream = await visitor.open("/never", "POST", ends=False)
    sending = asyncio.create_task(visitor.send(stream, bytes(100_000_000)))
    await asyncio.sleep(1.5)
    equal("done", sending.done(), False)
    equal("beside it", (await visitor.fetch("/fixed")).status, 200)
    grown = edge.peak_kilobytes() - before
    if grown > 16_384:
        raise AssertionError(f"{grown} KiB more memory")
    sending.cancel()
    visitor.leave(stream)
    visitor.close()


@case("a client that stops reading stops the origin, and costs no memory", "9113 §5.2")
async def slow_reader(edge):
    await edge.seen("reset")
    visitor = edge.visitor()
    await visitor.fetch("/fixed")
    before = edge.peak_kilobytes()
    streams = []
    for _ in range(20):
        streams.append(await visitor.open("/down?bytes=100000000"))
        visitor.uncredited.add(streams[-1].id)
    sent = -1
    while sent != (sent := (await edge.seen())["sent"]):
        await asyncio.sleep(0.3)
    grown = edge.peak_kilobytes() - before
    if grown > 16_384:
        raise AssertionError(f"{grown} KiB more memory")
    equal("finished", (await edge.seen())["finished"], 0)
    visitor.close()


@case("windows of nothing are waited for", "9113 §6.9.2")
async def no_window(edge):
    wire = await edge.wire(frames.settings(window=0))
    wire.reads = False
    await wire.send(frames.headers(1, wire.request(b"/fixed")))
    await wire.until(lambda: wire.on(1).status)
    equal("head", wire.on(1).status, 200)
    await asyncio.sleep(0.2)
    equal("content", wire.on(1).body, b"")
    for _ in range(12):
        await wire.send(frames.window(1, 1))
    equal("content", (await wire.over(1)).body, b"hello, edge\n")
    wire.close()


@case("a request that is called off is called off at the origin, and others go on", "9113 §5.4.2")
async def called_off(edge):
    visitor = edge.visitor()
    await edge.seen("reset")
    stream = await visitor.open("/down?bytes=1000000000")
    await stream.came.wait()
    visitor.leave(stream)
    sent = -1
    while sent != (sent := (await edge.seen())["sent"]):
        await asyncio.sleep(0.3)
    equal("finished", (await edge.seen())["finished"], 0)
    equal("next", (await visitor.fetch("/fixed")).status, 200)
    equal("connections", visitor.connections, 1)
    visitor.close()


@case("streams past the limit are refused, to be asked for again", "9113 §5.1.2")
async def past_limit(edge):
    wire = await edge.wire()
    head = frames.block(wire.request(b"/slow?ms=500"))
    await wire.until(lambda: 3 in wire.settings)
    limit = wire.settings[3]
    await wire.send(b"".join(frames.headers(2 * n + 1, head) for n in range(limit + 5)))
    heard = [await wire.over(2 * n + 1) for n in range(limit + 5)]
    equal("served", [each.status for each in heard[:limit]], [200] * limit)
    equal("refused", [each.code for each in heard[limit:]], ["REFUSED_STREAM"] * 5)
    wire.close()


@case("padding, priorities and unknown frames are no matter", "9113 §5.5")
async def odds(edge):
    wire = await edge.wire()
    block = frames.block(wire.request(b"/echo", b"POST"))
    await wire.send(
        frames.frame(0xbe, 0xff, 0, b"unknown")
        + frames.frame(frames.HEADERS, frames.END_HEADERS | frames.PADDED | 0x20, 1,
                       b"\x05" + b"\0\0\0\0\x10" + block + bytes(5))
        + frames.frame(frames.PRIORITY, 0, 1, b"\0\0\0\0\x10")
        + frames.frame(DATA, frames.PADDED, 1, b"\x03hello" + bytes(3))
        + frames.frame(0xbf, 0, 1, b"unknown") + frames.frame(DATA, END_STREAM, 1, b" you"))
    equal("length", json.loads((await wire.over(1)).body)["length"], 9)
    wire.close()


async def main():
    edge, wrong = Edge(*sys.argv[1:5]), []
    for claim, section, function in CASES:
        try:
            async with asyncio.timeout(120):
                await function(edge)
        except Exception as error:
            wrong.append({"claim": claim, "section": section,
                          "what": [f"{type(error).__name__}: {error}"]})
    print(json.dumps({"rows": len(CASES), "wrong": wrong}))


asyncio.run(main())
