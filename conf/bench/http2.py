# SPDX-License-Identifier: Apache-2.0
"""As much of an HTTP/2 client as one GET takes."""
import struct

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, ACK, END_HEADERS = 1, 1, 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def fetch(connection, name):
    """Asks a fresh connection for / and reads the answer to its end."""
    # GET, https and / are whole entries of the static table; :authority is only a name there.
    block = b"\x82\x87\x84\x41" + bytes([len(name)]) + name.encode()
    connection.sendall(PREFACE + frame(SETTINGS, 0, 0)
                       + frame(HEADERS, END_STREAM | END_HEADERS, 1, block))
    with connection.makefile("rb") as reader:
        while True:
            head = reader.read(9)
            if len(head) < 9:
                raise ConnectionError("the connection ended before the answer")
            size, kind, flags = int.from_bytes(head[:3], "big"), head[3], head[4]
            stream = int.from_bytes(head[5:], "big")
            reader.read(size)
            if kind == SETTINGS and not flags & ACK:
                connection.sendall(frame(SETTINGS, ACK, 0))
            if stream == 1:
                if kind not in (DATA, HEADERS):
                    raise ConnectionError(f"a frame of type {kind} for an answer")
                if flags & END_STREAM:
                    return
