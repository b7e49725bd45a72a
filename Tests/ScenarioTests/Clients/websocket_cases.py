# SPDX-License-Identifier: Apache-2.0
"""WebSocket conversations after Autobahn's test suite, sections 1 to 7, 9, 10, 12 and 13.

A case is what the client sends, byte for byte; `websocket_play.py` says what comes of it.
"""
import dataclasses
import struct
import zlib

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
MASK = b"\x1d\xc0\xff\xee"


@dataclasses.dataclass
class Case:
    """`before` is sent first, and `data` when it was answered. `chop` is how many bytes leave at
    once; 0: all. Where `data` does not `fail` the connection, a close follows its answers.

    `offer` asks for an extension in the handshake.
    """
    number: str
    claim: str
    data: bytes
    before: bytes = b""
    chop: int = 0
    fails: bool = False
    offer: str = ""


CASES = []


def case(number, claim, *frames, **more):
    CASES.append(Case(number, claim, b"".join(frames), **more))


def masked(payload):
    if not payload:
        return b""
    key = (MASK * (len(payload) // 4 + 1))[:len(payload)]
    whole = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return whole.to_bytes(len(payload), "big")


def frame(opcode, payload=b"", fin=True, rsv=0, declared=None):
    """`declared` is a length that may be a lie."""
    if isinstance(payload, str):
        payload = payload.encode()
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    size = len(payload) if declared is None else declared
    if size < 126:
        head = struct.pack(">BB", first, 0x80 | size)
    elif size < 1 << 16:
        head = struct.pack(">BBH", first, 0xfe, size)
    else:
        head = struct.pack(">BBQ", first, 0xff, size)
    return head + MASK + masked(payload)


def close(code=1000, reason=b""):
    return frame(CLOSE, struct.pack(">H", code) + reason)


def fragments(opcode, payload, size):
    """One message in frames of `size` bytes."""
    parts = [payload[at:at + size] for at in range(0, len(payload), size)] or [b""]
    return b"".join(
        frame(opcode if index == 0 else CONTINUATION, part, fin=index == len(parts) - 1)
        for index, part in enumerate(parts))


# 1: framing

for kind, opcode, byte in ((1, TEXT, b"*"), (2, BINARY, b"\xfe")):
    for index, size in enumerate((0, 125, 126, 127, 128, 65535, 65536)):
        case(f"1.{kind}.{index + 1}", f"{size} bytes", frame(opcode, byte * size))
    case(f"1.{kind}.8", "65536 bytes in pieces of 997", frame(opcode, byte * 65536), chop=997)

# 2: pings and pongs

case("2.1", "a ping without payload", frame(PING))
case("2.2", "a ping with text", frame(PING, "Hello, world!"))
case("2.3", "a ping with bytes that are no text", frame(PING, b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"))
case("2.4", "a ping of 125 bytes", frame(PING, b"\xfe" * 125))
case("2.5", "a ping of 126 bytes", frame(PING, b"\xfe" * 126), fails=True)
case("2.6", "a ping of 125 bytes, byte by byte", frame(PING, b"\xfe" * 125), chop=1)
case("2.7", "a pong that nobody asked for", frame(PONG))
case("2.8", "one with a payload", frame(PONG, "unasked"))
case("2.9", "one, and a ping", frame(PONG, "unasked"), frame(PING, "ping"))
case("2.10", "ten pings", *(frame(PING, f"payload-{n}") for n in range(10)))
case("2.11", "ten pings, byte by byte", *(frame(PING, f"payload-{n}") for n in range(10)), chop=1)

# 3: reserved bits

for index, (rsv, opcode) in enumerate(
        ((1, TEXT), (2, TEXT), (3, TEXT), (4, TEXT), (5, BINARY), (6, PING), (7, CLOSE))):
    case(f"3.{index + 1}", f"reserved bits {rsv}", frame(opcode, "x" * 20, rsv=rsv),
         before=frame(TEXT, "before") if index else b"", chop=1 if index == 3 else 0, fails=True)

# 4: reserved opcodes

for section, opcodes in ((1, range(3, 8)), (2, range(11, 16))):
    for index, opcode in enumerate(opcodes):
        case(f"4.{section}.{index + 1}", f"opcode {opcode}",
             frame(opcode, "payload" if index else ""), frame(PING) if index > 1 else b"",
             before=frame(TEXT, "before") if index > 1 else b"", chop=1 if index == 3 else 0,
             fails=True)

# 5: fragments

case("5.1", "a ping in two fragments", frame(PING, "a", fin=False), frame(CONTINUATION, "b"),
     fails=True)
case("5.2", "a pong in two fragments", frame(PONG, "a", fin=False), frame(CONTINUATION, "b"),
     fails=True)
for index, chop in enumerate((0, 8, 1)):
    case(f"5.{index + 3}", f"a text in two fragments, pieces of {chop}",
         frame(TEXT, "fragment1", fin=False), frame(CONTINUATION, "fragment2"), chop=chop)
    case(f"5.{index + 6}", f"a ping between two fragments, pieces of {chop}",
         frame(TEXT, "fragment1", fin=False), frame(PING, "between"),
         frame(CONTINUATION, "fragment2"), chop=chop)
    case(f"5.{index + 9}", f"a continuation of nothing, pieces of {chop}",
         frame(CONTINUATION, "of nothing"), frame(TEXT, "Hello"), chop=chop, fails=True)
    case(f"5.{index + 12}", f"an unfinished continuation of nothing, pieces of {chop}",
         frame(CONTINUATION, "of nothing", fin=False), frame(TEXT, "Hello"), chop=chop, fails=True)
case("5.15", "a continuation behind a whole message",
     frame(CONTINUATION, "f3", fin=False), frame(TEXT, "f4"),
     before=frame(TEXT, "f1", fin=False) + frame(CONTINUATION, "f2"), fails=True)
case("5.16", "continuations of nothing, again and again",
     *[frame(CONTINUATION, "f1", fin=False) + frame(TEXT, "f2", fin=False)
       + frame(CONTINUATION, "f3")] * 2, fails=True)
case("5.18", "a text amid a text", frame(TEXT, "f1", fin=False), frame(TEXT, "f2"), fails=True)
case("5.19", "five fragments and pings between", frame(TEXT, "f1", fin=False),
     frame(CONTINUATION, "f2", fin=False), frame(PING, "p1"), frame(CONTINUATION, "f3", fin=False),
     frame(CONTINUATION, "f4", fin=False), frame(PING, "p2"), frame(CONTINUATION, "f5"))
case("5.20", "the same, byte by byte", frame(TEXT, "f1", fin=False),
     frame(CONTINUATION, "f2", fin=False), frame(PING, "p1"), frame(CONTINUATION, "f3", fin=False),
     frame(CONTINUATION, "f4", fin=False), frame(PING, "p2"), frame(CONTINUATION, "f5"), chop=1)

# 6: UTF-8

case("6.1.1", "an empty text", frame(TEXT))
case("6.1.2", "three empty fragments", fragments(TEXT, b"", 1), frame(TEXT, fin=False),
     frame(CONTINUATION, fin=False), frame(CONTINUATION))
case("6.1.3", "an empty, a full and an empty fragment", frame(TEXT, fin=False),
     frame(CONTINUATION, "middle", fin=False), frame(CONTINUATION))
GREETING = "Hello-µ@ßöäüàá-UTF-8!!".encode()
case("6.2.1", "text beyond ASCII", frame(TEXT, GREETING))
case("6.2.2", "in two fragments", fragments(TEXT, GREETING, 12))
case("6.2.3", "a byte a fragment", fragments(TEXT, GREETING, 1))
case("6.2.4", "κόσμε, a byte a fragment", fragments(TEXT, "κόσμε".encode(), 1))
BAD = "κόσμε".encode() + b"\xed\xa0\x80" + b"edited"
case("6.3.1", "text that is no UTF-8", frame(TEXT, BAD), fails=True)
case("6.3.2", "a byte a fragment", fragments(TEXT, BAD, 1), fails=True)
case("6.4.1", "bad in the second fragment", frame(TEXT, "κόσμε", fin=False),
     frame(CONTINUATION, b"\xf4\x90\x80\x80", fin=False), frame(CONTINUATION, "end"), fails=True)
case("6.4.2", "bad at its last byte", frame(TEXT, "κόσμε".encode() + b"\xf4", fin=False),
     frame(CONTINUATION, b"\x90", fin=False), frame(CONTINUATION, b"\x80\x80"), fails=True)
for index, text in enumerate((
        "κόσμε", "\x00", "\x7f", "\x80", "\u07ff", "\u0800", "\uffff", "\ufffd", "\ufffe",
        "\ud7ff", "\ue000", "\U00010000", "\U0010ffff", "\U0001fffe", "\ufdd0", "𝄞 clef")):
    case(f"6.5.{index + 1}", f"U+{ord(text[0]):04X}", frame(TEXT, text.encode()))
for index, octets in enumerate((
        b"\xce", b"\xce\xba\xe1", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xc0\xaf", b"\xe0\x80\xaf",
        b"\xf0\x80\x80\xaf", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"\x80", b"\xbf",
        b"\x80\xbf\x80", b"\xfe", b"\xff", b"\xfe\xfe\xff\xff", b"\xc1\xbf", b"\xe0\x9f\xbf",
        b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"\xed\xa0\x80\xed\xb0\x80", b"\xc0\x80")):
    case(f"6.6.{index + 1}", f"{octets.hex()} is no UTF-8", frame(TEXT, octets), fails=True)

# 7: closing

case("7.1.1", "a text, and a close", frame(TEXT, "Hello World!"))
case("7.1.2", "two closes", close(), close(), fails=True)
case("7.1.3", "a ping behind a close", close(), frame(PING), fails=True)
case("7.1.4", "a text behind a close", close(), frame(TEXT, "late"), fails=True)
case("7.1.5", "a close amid a message", frame(TEXT, "f1", fin=False), close(),
     frame(CONTINUATION, "f2"), fails=True)
case("7.1.6", "256 KiB, a close and a ping", close(), frame(PING),
     before=frame(TEXT, "b" * (256 << 10)), fails=True)
case("7.3.1", "a close without payload", frame(CLOSE), fails=True)
case("7.3.2", "a close of one byte", frame(CLOSE, b"a"), fails=True)
case("7.3.3", "a close of two bytes", close(), fails=True)
case("7.3.4", "a close with a reason", close(1000, b"Hello World!"), fails=True)
case("7.3.5", "a close of 125 bytes", close(1000, b"*" * 123), fails=True)
case("7.3.6", "a close of 126 bytes", close(1000, b"*" * 124), fails=True)
case("7.5.1", "a reason that is no UTF-8", close(1000, BAD), fails=True)
for index, code in enumerate((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999,
                              4000, 4999)):
    case(f"7.7.{index + 1}", f"code {code}", close(code), fails=True)
for index, code in enumerate((0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535)):
    case(f"7.9.{index + 1}", f"code {code}, which is none", close(code), fails=True)

# 9: large and many messages

for kind, opcode, byte in ((1, TEXT, b"*"), (2, BINARY, b"\xfe")):
    for index, size in enumerate((1 << 16, 1 << 18, 1 << 20, 4 << 20)):
        case(f"9.{kind}.{index + 1}", f"{size >> 10} KiB", frame(opcode, byte * size))
    for index, size in enumerate((64, 256, 1 << 10, 1 << 14, 1 << 18)):
        case(f"9.{kind + 2}.{index + 1}", f"1 MiB in fragments of {size}",
             fragments(opcode, byte * (1 << 20), size))
    for index, chop in enumerate((1 << 8, 1 << 11, 1 << 14)):
        case(f"9.{kind + 4}.{index + 1}", f"1 MiB in pieces of {chop}",
             frame(opcode, byte * (1 << 20)), chop=chop)
    for index, size in enumerate((0, 16, 64, 256, 1024)):
        case(f"9.{kind + 6}.{index + 1}", f"1,000 messages of {size} bytes",
             frame(opcode, byte * size) * 1000)
case("10.1.1", "64 KiB in frames of 1300", fragments(TEXT, b"*" * 65536, 1300))

# 12 and 13: compressed messages (RFC 7692)


def compressed(messages, bits=15, context=True, opcode=TEXT, size=0):
    packed, maker = [], None
    for message in messages:
        if maker is None or not context:
            maker = zlib.compressobj(wbits=-bits)
        data = (maker.compress(message) + maker.flush(zlib.Z_SYNC_FLUSH))[:-4]
        parts = [data[at:at + size] for at in range(0, len(data), size)] if size else [data]
        packed += [frame(opcode if index == 0 else CONTINUATION, part,
                         fin=index == len(parts) - 1, rsv=4 if index == 0 else 0)
                   for index, part in enumerate(parts)]
    return b"".join(packed)


WORDS = b'{"id": 12345, "name": "shop.customer.test", "tags": ["a", "b"], "price": 12.5}'
for index, size in enumerate((16, 64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 128 << 10)):
    messages = [(WORDS * (size // len(WORDS) + 1))[:size]] * (50 if size < 16 << 10 else 5)
    case(f"12.1.{index + 1}", f"{len(messages)} messages of {size} bytes", compressed(messages),
         offer="permessage-deflate")
    case(f"12.2.{index + 1}", f"the same in fragments of {max(16, size // 4)}",
         compressed(messages, size=max(16, size // 4)), offer="permessage-deflate")
    case(f"12.3.{index + 1}", "the same as binary", compressed(messages, opcode=BINARY),
         offer="permessage-deflate")
for index, (offer, bits, context) in enumerate((
        ("permessage-deflate; client_no_context_takeover", 15, False),
        ("permessage-deflate; server_no_context_takeover", 15, True),
        ("permessage-deflate; client_max_window_bits=9", 9, True),
        ("permessage-deflate; server_max_window_bits=9", 15, True),
        ("permessage-deflate; client_no_context_takeover; server_no_context_takeover; "
         "client_max_window_bits=9; server_max_window_bits=9", 9, False),
        ("permessage-deflate; unknown=1, permessage-deflate", 15, True),
)):
    case(f"13.{index + 1}", offer, compressed([WORDS * 20] * 20, bits, context), offer=offer)
case("12.9.1", "compressed bytes that are none", frame(TEXT, b"\xff\xff\xff\xff", rsv=4),
     offer="permessage-deflate", fails=True)
case("12.9.2", "a compressed ping", frame(PING, b"x", rsv=4), offer="permessage-deflate",
     fails=True)
