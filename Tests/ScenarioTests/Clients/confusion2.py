#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays the rows of syntax2.py against a proxy over HTTP/2 and judges what its origin hears.

    confusion2.py EDGE-PORT ORIGIN-PORT ROOTS

The origin speaks HTTP/1.1, is ours and records each byte; strict.py reads what came. A second
request on the same connection has to pass whatever the first was. Prints JSON: each row with what
is wrong with it.
"""
import asyncio
import json
import sys

sys.dont_write_bytecode = True

import frames
import strict
import syntax2
from confusion import RecordingOrigin


def written(wire, row):
    """The frames of a row, on stream 1."""
    data = frames.headers(1, row.fields, ends=not row.parts)
    for index, part in enumerate(row.parts):
        ends = index == len(row.parts) - 1
        if isinstance(part, list):
            data += frames.headers(1, part, ends)
        else:
            data += frames.frame(frames.DATA, frames.END_STREAM if ends else 0, 1, part)
    return data


async def play(row, origin, port, roots, seconds):
    origin.forget()
    wire = await frames.Wire(port, roots, syntax2.NAME.decode()).open()
    await wire.send(written(wire, row))
    answer = await wire.over(1, seconds)
    await wire.send(frames.headers(3, wire.request(b"/behind")))
    behind = await wire.over(3, seconds)
    wire.close()
    wrong = [f"leaked: {leak}" for leak in origin.leaks]
    if behind.status != 200 or not behind.is_whole:
        wrong.append(f"what was behind it: {behind.status} {behind.code}, GOAWAY {wire.goaway}")
    heard = [message for message in origin.messages if message.line[1] != b"/behind"]
    targets = [message.line[1] for message in heard]
    if row.reaches == "whole":
        return wrong + judge_passed(row, answer, heard)
    if answer.code != "PROTOCOL_ERROR" and answer.status != row.status:
        wrong.append(f"answered {answer.status} {answer.code}")
    if targets and row.reaches != "early":
        wrong.append(f"the origin heard {targets}")
    if row.reaches == "nothing" and b"/behind" not in origin.heard.split(b"\r\n")[0]:
        wrong.append(f"the origin heard {origin.heard[:200]!r}")
    return wrong


def judge_passed(row, answer, heard):
    wrong = []
    if answer.status != row.status or not answer.is_whole:
        wrong.append(f"answered {answer.status} {answer.code}")
    if len(heard) != 1:
        return wrong + [f"the origin heard {[message.line[1] for message in heard]}"]
    message = heard[0]
    if row.target is not None and message.line[1] != row.target:
        wrong.append(f"the target was {message.line[1]!r}")
    if row.body is not None and message.body != row.body:
        wrong.append(f"the body was {message.body[:200]!r}")
    if row.trailers is not None and message.trailers != row.trailers:
        wrong.append(f"the trailers were {message.trailers}")
    for name, value in row.has:
        if message.values(name) != [value]:
            wrong.append(f"{name!r} was {message.values(name)}")
    if kept := set(row.gone) & message.names():
        wrong.append(f"{kept} reached the origin")
    return wrong


async def run(edge, origin_port, roots, rows, seconds=30):
    origin = RecordingOrigin()
    server = await asyncio.start_server(origin.serve, "127.0.0.1", origin_port, limit=1 << 20)
    results = [(row, await play(row, origin, edge, roots, seconds)) for row in rows]
    for writer in list(origin.writers):
        writer.close()
    server.close()
    return results


def main():
    edge, origin, roots = sys.argv[1:4]
    rows = syntax2.ROWS + list(syntax2.swept())
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 30
    results = asyncio.run(run(int(edge), int(origin), roots, rows, seconds))
    print(json.dumps({"rows": len(rows), "wrong": [
        {"claim": row.claim, "section": row.section, "what": wrong}
        for row, wrong in results if wrong]}))


if __name__ == "__main__":
    main()
