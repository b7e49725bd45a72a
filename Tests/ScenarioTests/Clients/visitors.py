# SPDX-License-Identifier: Apache-2.0
"""Clients that judge: one over HTTP/1.1, one over HTTP/2, alike for whoever plays a scenario.

`fetch` says what became of a request as an `Answer`. It is "whole" only when the message ended as
its version says that messages end; what was cut off is "broken", however much of it had come.
"""
import asyncio
import dataclasses
import ssl

import strict

HOST = "127.0.0.1"


@dataclasses.dataclass
class Answer:
    ending: str
    status: int = 0
    fields: list = dataclasses.field(default_factory=list)
    body: bytes = b""
    trailers: list = dataclasses.field(default_factory=list)
    interim: list = dataclasses.field(default_factory=list)
    why: str = ""


class HTTP1Visitor:
    """A connection a request at a time; it is opened when one is needed."""
    version = "1.1"

    def __init__(self, port, roots, name):
        self.port, self.name, self.connections = port, name, 0
        self.context = ssl.create_default_context(cafile=roots)
        self.reader = self.writer = None

    async def fetch(self, path, method="GET", fields=(), body=None, seconds=30):
        if self.writer is None:
            self.connections += 1
            self.reader, self.writer = await asyncio.open_connection(
                HOST, self.port, ssl=self.context, server_hostname=self.name)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.name}"]
        lines += [f"{name}: {value}" for name, value in fields]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))
        answer, received, ended = Answer("broken"), b"", False
        try:
            async with asyncio.timeout(seconds):
                while answer.ending != "whole" and not ended:
                    block = await self.reader.read(1 << 16)
                    received, ended = received + block, not block
                    self.read(received, method, ended, answer)
        except TimeoutError:
            answer.ending = "hung"
        except strict.Refused as refusal:
            answer.ending, answer.why = "nonsense", str(refusal)
        except (ConnectionError, ssl.SSLError) as error:
            # Without close_notify a body that ends with the connection is a broken one.
            answer.ending, answer.why = "broken", str(error)
        keeps = answer.ending == "whole" and not ended and "close" not in [
            value for name, value in answer.fields if name == "connection"]
        if not keeps:
            self.close()
        return answer

    def read(self, received, method, ended, answer):
        source, answer.interim = strict.Input(received), []
        try:
            while True:
                message = strict.read_response(source, method, ended)
                if message.status >= 200:
                    break
                answer.interim.append(message.status)
        except strict.Incomplete:
            return
        answer.status, answer.body = message.status, message.body
        answer.fields, answer.trailers = text(message.fields), text(message.trailers)
        answer.ending = "whole"
        if source.at != len(received):
            answer.ending, answer.why = "nonsense", f"and {received[source.at:][:80]!r}"

    def close(self):
        if self.writer is not None:
            self.writer.transport.abort()
        self.reader = self.writer = None


def text(fields):
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in fields]


class HTTP2Visitor:
    """A connection whose requests may run beside each other; another when it has ended.

    What comes on a stream in `uncredited` is not acknowledged: its window closes.
    """
    version = "2"

    def __init__(self, port, roots, name, **settings):
        self.port, self.name, self.settings = port, name, settings
        self.context = ssl.create_default_context(cafile=roots)
        self.context.set_alpn_protocols(["h2"])
        self.writer, self.connections = None, 0

    async def connect(self):
        import h2.config
        import h2.connection
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(
            client_side=True, header_encoding="latin-1"))
        self.streams, self.uncredited, self.going_away = {}, set(), None
        self.closed, self.extended_connect = asyncio.Event(), asyncio.Event()
        self.connections += 1
        self.reader, self.writer = await asyncio.open_connection(
            HOST, self.port, ssl=self.context, server_hostname=self.name)
        protocol = self.writer.get_extra_info("ssl_object").selected_alpn_protocol()
        if protocol != "h2":
            raise ConnectionError(f"ALPN chose {protocol}")
        if self.settings:
            self.h2.update_settings(self.settings)
        self.h2.initiate_connection()
        # Streams share the connection's window: one that reads nothing must not take all of it.
        self.h2.increment_flow_control_window(1 << 24)
        self.flush()
        self.task = asyncio.create_task(self.receive())

    def flush(self):
        if (data := self.h2.data_to_send()):
            self.writer.write(data)

    async def receive(self):
        import h2.exceptions
        try:
            while (block := await self.reader.read(1 << 16)):
                for event in self.h2.receive_data(block):
                    self.take(event)
                self.flush()
        except (ConnectionError, ssl.SSLError, h2.exceptions.ProtocolError) as error:
            self.closed.set()
            self.finish_all(f"{type(error).__name__}: {error}")
            self.writer.transport.abort()
        self.closed.set()
        self.finish_all("the connection ended")

    def finish_all(self, why):
        for stream in self.streams.values():
            if not stream.done.is_set():
                stream.answer.why = why
                stream.finish("broken")

    def take(self, event):
        kind = type(event).__name__
        if kind == "ConnectionTerminated":
            self.going_away = event
            return
        if kind == "RemoteSettingsChanged":
            if event.changed_settings.get(8) and event.changed_settings[8].new_value:
                self.extended_connect.set()
            return
        stream = self.streams.get(getattr(event, "stream_id", None))
        if kind == "WindowUpdated":
            for each in [stream] if stream else self.streams.values():
                each.window.set()
        elif stream is not None:
            stream.take(kind, event)
            if kind == "DataReceived" and event.stream_id not in self.uncredited:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)

    async def open(self, path, method="GET", fields=(), ends=True, pseudo=()):
        if self.writer is None or self.closed.is_set():
            await self.connect()
        stream = Stream(self.h2.get_next_available_stream_id())
        self.streams[stream.id] = stream
        head = [(":method", method), (":scheme", "https"), (":authority", self.name),
                (":path", path), *pseudo, *fields]
        self.h2.send_headers(stream.id, head, end_stream=ends)
        self.flush()
        return stream

    async def send(self, stream, data, ends=False):
        """Sends as the windows allow; stops when the answer is there."""
        data = memoryview(data)
        while (data or ends) and not stream.done.is_set():
            room = min(self.h2.local_flow_control_window(stream.id),
                       self.h2.max_outbound_frame_size, len(data))
            if room or not data:
                self.h2.send_data(stream.id, bytes(data[:room]),
                                  end_stream=ends and room == len(data))
                self.flush()
                await self.writer.drain()
                data = data[room:]
                if not data:
                    return
            else:
                stream.window.clear()
                await stream.window.wait()

    async def fetch(self, path, method="GET", fields=(), body=None, seconds=30):
        stream = None
        try:
            async with asyncio.timeout(seconds):
                extra = [("content-length", str(len(body)))] if body is not None else []
                stream = await self.open(path, method, [*fields, *extra], ends=body is None)
                if body is not None:
                    await self.send(stream, body, ends=True)
                await stream.done.wait()
        except TimeoutError:
            if stream is None:
                return Answer("hung")
            stream.answer.ending = "hung"
        return stream.answer

    def leave(self, stream, code=8):
        """Resets a stream that has not ended on both sides; 8 is CANCEL."""
        import h2.exceptions
        try:
            self.h2.reset_stream(stream.id, code)
            self.flush()
        except h2.exceptions.ProtocolError:
            pass
        del self.streams[stream.id]

    def close(self):
        if self.writer is not None:
            self.task.cancel()
            self.writer.transport.abort()


class Stream:
    def __init__(self, number):
        self.id, self.answer = number, Answer("broken")
        self.done, self.window, self.headed, self.came = (asyncio.Event() for _ in range(4))
        self.window.set()

    def take(self, kind, event):
        answer = self.answer
        if kind == "InformationalResponseReceived":
            answer.interim.append(int(dict(event.headers)[":status"]))
        elif kind == "ResponseReceived":
            answer.fields = list(event.headers)
            answer.status = int(dict(event.headers)[":status"])
            self.headed.set()
        elif kind == "DataReceived":
            answer.body += event.data
            self.came.set()
        elif kind == "TrailersReceived":
            answer.trailers = list(event.headers)
        elif kind == "StreamEnded":
            self.finish("whole")
        elif kind == "StreamReset":
            answer.why = f"reset: {event.error_code!r}"
            self.finish("broken")

    def finish(self, ending):
        self.answer.ending = ending
        for event in (self.done, self.headed, self.came, self.window):
            event.set()


def visitor(version, port, roots, name):
    return {"1.1": HTTP1Visitor, "2": HTTP2Visitor}[version](port, roots, name)
