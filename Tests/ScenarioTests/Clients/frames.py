# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 taken apart: frames as they are written, right or wrong, on a TLS connection."""
import asyncio
import dataclasses
import ssl
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
(DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE,
 CONTINUATION) = range(10)
PRIORITY_UPDATE = 16
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
CODES = ["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT",
         "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR",
         "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"]


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(**values):
    numbers = {"table": 1, "push": 2, "streams": 3, "window": 4, "frame": 5, "section": 6}
    return frame(SETTINGS, payload=b"".join(
        struct.pack(">HI", numbers[name], value) for name, value in values.items()))


def reset(stream, code=8):
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def window(stream, increment):
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment))


def integer(value, bits, first=0):
    """RFC 7541 §5.1."""
    limit = (1 << bits) - 1
    if value < limit:
        return bytes([first | value])
    out, value = [first | limit], value - limit
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def block(fields):
    """A header block of literals that says just these bytes, whatever they are."""
    return b"".join(b"\0" + integer(len(name), 7) + name + integer(len(value), 7) + value
                    for name, value in fields)


def headers(stream, fields, ends=True, flags=END_HEADERS):
    data = fields if isinstance(fields, bytes) else block(fields)
    return frame(HEADERS, flags | (END_STREAM if ends else 0), stream, data)


@dataclasses.dataclass
class Heard:
    """What came on a stream, or with number 0 on the connection."""
    status: int = 0
    fields: list = dataclasses.field(default_factory=list)
    body: bytes = b""
    code: str = None
    ended: bool = False
    interim: list = dataclasses.field(default_factory=list)

    @property
    def is_whole(self):
        return self.ended and self.code is None


class Wire:
    """A connection on which any bytes may be sent; what comes is sorted by stream."""

    def __init__(self, port, roots, name):
        self.port, self.name = port, name
        self.context = ssl.create_default_context(cafile=roots)
        self.context.set_alpn_protocols(["h2"])
        self.streams, self.closed, self.changed = {}, False, asyncio.Event()
        self.goaway, self.pongs, self.acknowledged, self.settings = None, 0, 0, {}
        self.reads = True

    async def open(self, first=settings()):
        import hpack
        self.decoder = hpack.Decoder()
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.context, server_hostname=self.name)
        if self.writer.get_extra_info("ssl_object").selected_alpn_protocol() != "h2":
            raise ConnectionError("no HTTP/2")
        self.writer.write(PREFACE + first)
        self.task = asyncio.create_task(self.receive())
        return self

    async def receive(self):
        try:
            while True:
                head = await self.reader.readexactly(9)
                payload = await self.reader.readexactly(int.from_bytes(head[:3], "big"))
                self.take(head[3], head[4], int.from_bytes(head[5:], "big") & 0x7fffffff, payload)
                self.changed.set()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        self.closed = True
        self.changed.set()

    def on(self, stream):
        return self.streams.setdefault(stream, Heard())

    def take(self, kind, flags, stream, payload):
        if kind == SETTINGS and flags & ACK:
            self.acknowledged += 1
        elif kind == SETTINGS:
            for at in range(0, len(payload), 6):
                number, value = struct.unpack_from(">HI", payload, at)
                self.settings[number] = value
            self.write(frame(SETTINGS, ACK))
        elif kind == PING and flags & ACK:
            self.pongs += 1
        elif kind == GOAWAY:
            self.goaway = CODES[int.from_bytes(payload[4:8], "big")]
        elif kind == RST_STREAM:
            self.on(stream).code = CODES[int.from_bytes(payload, "big")]
        elif kind == HEADERS:
            heard, fields = self.on(stream), self.decoder.decode(payload, raw=True)
            status = int(dict(fields).get(b":status", b"0"))
            if 100 <= status < 200:
                heard.interim.append(status)
            else:
                heard.status = status or heard.status
                heard.fields += fields
        elif kind == DATA:
            self.on(stream).body += payload
            if payload and self.reads:
                self.write(window(0, len(payload)) + window(stream, len(payload)))
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            self.on(stream).ended = True

    def write(self, data):
        if not self.closed:
            self.writer.write(data)

    async def send(self, data):
        """Sends, unless the server has closed."""
        try:
            self.write(data)
            await self.writer.drain()
        except (ConnectionError, ssl.SSLError):
            self.closed = True

    async def until(self, condition, seconds=30):
        """Whether the condition came to hold; at the latest when the connection ends."""
        try:
            async with asyncio.timeout(seconds):
                while not condition() and not self.closed:
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            pass
        return condition()

    async def over(self, stream, seconds=30):
        """What became of a stream."""
        await self.until(lambda: self.on(stream).ended or self.on(stream).code, seconds)
        return self.on(stream)

    def request(self, path=b"/", method=b"GET", *fields):
        return [(b":method", method), (b":scheme", b"https"), (b":authority", self.name.encode()),
                (b":path", path), *fields]

    def close(self):
        self.task.cancel()
        self.writer.transport.abort()
