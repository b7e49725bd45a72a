#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays the rows of syntax.py against a proxy and judges what its origin hears.

    confusion.py EDGE-PORT ORIGIN-PORT ROOTS

The origin is ours and records each byte. After each row strict.py reads what came: whatever it
refuses has leaked. Prints JSON: each row with what is wrong with it.
"""
import asyncio
import dataclasses
import json
import ssl
import sys

sys.dont_write_bytecode = True

import strict
import syntax


class RecordingOrigin:
    """Answers each request that the strict parser takes, and closes on what it does not."""

    def __init__(self):
        self.forget()
        self.writers = set()

    def forget(self):
        self.messages, self.leaks, self.heard = [], [], b""

    async def serve(self, reader, writer):
        self.writers.add(writer)
        received, taken = b"", 0
        continued = False
        try:
            while (block := await reader.read(1 << 16)):
                received += block
                self.heard += block
                while taken < len(received):
                    source = strict.Input(received[taken:])
                    try:
                        message = strict.read_request(source)
                    except strict.Incomplete:
                        if not continued and b"100-continue" in received[taken:].lower():
                            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                            continued = True
                        break
                    taken, continued = taken + source.at, False
                    self.messages.append(message)
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
                                 + (b"" if message.line[0] == b"HEAD" else b"ok"))
        except strict.Refused as refusal:
            self.leaks.append(f"{refusal} in {received[taken:][:200]!r}")
        except (ConnectionError, asyncio.CancelledError):
            pass
        self.writers.discard(writer)
        writer.close()


async def converse(port, context, data, wanted, seconds):
    """Sends the bytes; the final answers' statuses, and whether the connection ended."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", port, ssl=context, server_hostname=syntax.NAME)
    received, ended, answers = b"", False, []
    writer.write(data)
    try:
        async with asyncio.timeout(seconds):
            while len(answers) < wanted and not ended:
                block = await reader.read(1 << 16)
                received, ended = received + block, not block
                answers = read_answers(received, ended)
            if not ended and answers and answers[-1] >= 400:
                ended = not await reader.read(1 << 16)
    except (TimeoutError, ConnectionError, ssl.SSLError) as error:
        ended = not isinstance(error, TimeoutError)
    writer.transport.abort()
    return answers, ended


def read_answers(received, ended):
    """The final answers' statuses; 0 for what is none."""
    source, statuses = strict.Input(received), []
    try:
        while source.at < len(received):
            message = strict.read_response(source, "GET", ended)
            if message.status >= 200:
                statuses.append(message.status)
    except strict.Incomplete:
        pass
    except strict.Refused:
        statuses.append(0)
    return statuses


async def play(row, origin, port, context, seconds):
    """What is wrong: a list of sentences, empty when all is as the row says."""
    origin.forget()
    goes_on = row.reaches in ("whole", "behind")
    answers, ended = await converse(
        port, context, row.data + syntax.BEHIND, 2 if goes_on else 1, seconds)
    wrong = [f"leaked: {leak}" for leak in origin.leaks]
    targets = [message.line[1] for message in origin.messages]
    if row.reaches == "behind":
        return wrong + judge_misdirected(row, answers, targets)
    if row.reaches == "whole":
        return wrong + judge_passed(row, origin, answers, targets)
    if answers != [row.status]:
        wrong.append(f"answered {answers}, not {row.status}")
    if not ended:
        wrong.append("the connection went on")
    if origin.messages:
        wrong.append(f"the origin heard {targets}")
    if row.reaches == "nothing" and origin.heard:
        wrong.append(f"the origin heard {origin.heard[:200]!r}")
    return wrong


def judge_misdirected(row, answers, targets):
    wrong = []
    if answers != [row.status, 200]:
        wrong.append(f"answered {answers}")
    if targets != [b"/behind"]:
        wrong.append(f"the origin heard {targets}")
    return wrong


def judge_passed(row, origin, answers, targets):
    wrong = []
    if answers != [row.status] * 2:
        wrong.append(f"answered {answers}")
    if len(targets) != 2 or targets[1] != b"/behind":
        return wrong + [f"the origin heard {targets}"]
    message = origin.messages[0]
    if row.target is not None and message.line[1] != row.target:
        wrong.append(f"the target was {message.line[1]!r}")
    if row.body is not None and message.body != row.body:
        wrong.append(f"the body was {message.body[:200]!r}")
    if row.trailers is not None and message.trailers != row.trailers:
        wrong.append(f"the trailers were {message.trailers}")
    if kept := set(row.gone) & message.names():
        wrong.append(f"{kept} reached the origin")
    return wrong


async def run(edge, origin_port, roots, rows, seconds=30):
    """Each row with what is wrong; `seconds` is the longest wait for what a row promises."""
    origin = RecordingOrigin()
    server = await asyncio.start_server(origin.serve, "127.0.0.1", origin_port, limit=1 << 20)
    context = ssl.create_default_context(cafile=roots)
    results = []
    for row in rows:
        results.append((row, await play(row, origin, edge, context, seconds)))
    for writer in list(origin.writers):
        writer.close()
    server.close()
    return results


def main():
    edge, origin, roots = sys.argv[1:4]
    rows = syntax.ROWS + list(syntax.swept())
    results = asyncio.run(run(int(edge), int(origin), roots, rows))
    print(json.dumps({"rows": len(rows), "wrong": [
        {"claim": row.claim, "section": row.section, "what": wrong}
        for row, wrong in results if wrong]}))


if __name__ == "__main__":
    main()
