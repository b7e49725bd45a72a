#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Header blocks as others write and read them: PyPI's hpack, and libnghttp2 by its C interface.

    peers.py encode FILE    connections of header lists; for each peer the blocks it writes of them
    peers.py decode FILE    connections of header blocks; for each peer the lists it reads from them

Files and answers are JSON; blocks are in hexadecimal digits, text is Latin 1. A connection is a list of
steps, each with the table's size `limit` from then on (or none), and a `list` or a `block`.
"""
import ctypes
import json
import sys

import hpack

nghttp2 = ctypes.CDLL("libnghttp2.so.14")
nghttp2.nghttp2_hd_deflate_hd.restype = ctypes.c_ssize_t
nghttp2.nghttp2_hd_inflate_hd2.restype = ctypes.c_ssize_t
nghttp2.nghttp2_hd_deflate_bound.restype = ctypes.c_size_t

FINAL, EMIT = 1, 2


class Field(ctypes.Structure):
    """nghttp2_nv"""

    _fields_ = [
        ("name", ctypes.POINTER(ctypes.c_char)),
        ("value", ctypes.POINTER(ctypes.c_char)),
        ("name_count", ctypes.c_size_t),
        ("value_count", ctypes.c_size_t),
        ("flags", ctypes.c_uint8),
    ]


def memory(octets):
    return ctypes.cast(ctypes.create_string_buffer(octets, len(octets) + 1),
                       ctypes.POINTER(ctypes.c_char))


def check(result):
    if result < 0:
        raise RuntimeError(f"nghttp2: {result}")
    return result


def octets(fields):
    return [(name.encode("latin1"), value.encode("latin1")) for name, value in fields]


def text(fields):
    return [[name.decode("latin1"), value.decode("latin1")] for name, value in fields]


class Deflater:
    def __init__(self, flags=0):
        self.flags = flags
        self.state = ctypes.c_void_p()
        check(nghttp2.nghttp2_hd_deflate_new(ctypes.byref(self.state), ctypes.c_size_t(4096)))

    def limit(self, size):
        check(nghttp2.nghttp2_hd_deflate_change_table_size(self.state, ctypes.c_size_t(size)))

    def encode(self, fields):
        array = (Field * len(fields))(*(
            Field(memory(name), memory(value), len(name), len(value), self.flags)
            for name, value in fields))
        count = ctypes.c_size_t(len(fields))
        bound = nghttp2.nghttp2_hd_deflate_bound(self.state, array, count)
        room = ctypes.create_string_buffer(bound)
        written = check(nghttp2.nghttp2_hd_deflate_hd(
            self.state, room, ctypes.c_size_t(bound), array, count))
        return room.raw[:written]


class Inflater:
    def __init__(self):
        self.state = ctypes.c_void_p()
        check(nghttp2.nghttp2_hd_inflate_new(ctypes.byref(self.state)))

    def limit(self, size):
        check(nghttp2.nghttp2_hd_inflate_change_table_size(self.state, ctypes.c_size_t(size)))

    def decode(self, block):
        fields, position = [], 0
        source = ctypes.create_string_buffer(block, len(block) + 1)
        while True:
            field, flags = Field(), ctypes.c_int(0)
            position += check(nghttp2.nghttp2_hd_inflate_hd2(
                self.state, ctypes.byref(field), ctypes.byref(flags),
                ctypes.byref(source, position), ctypes.c_size_t(len(block) - position), 1))
            if flags.value & EMIT:
                fields.append((field.name[:field.name_count], field.value[:field.value_count]))
            if flags.value & FINAL:
                nghttp2.nghttp2_hd_inflate_end_headers(self.state)
                return fields


class Encoder:
    def __init__(self, huffman):
        self.huffman = huffman
        self.encoder = hpack.Encoder()

    def limit(self, size):
        self.encoder.header_table_size = size

    def encode(self, fields):
        return self.encoder.encode(fields, huffman=self.huffman)


class Decoder:
    def __init__(self):
        self.decoder = hpack.Decoder(max_header_list_size=1 << 24)

    def limit(self, size):
        self.decoder.max_allowed_table_size = size

    def decode(self, block):
        return self.decoder.decode(block, raw=True)


ENCODERS = {
    "nghttp2": Deflater,
    "nghttp2, never indexed": lambda: Deflater(flags=1),
    "hpack": lambda: Encoder(huffman=True),
    "hpack, without Huffman": lambda: Encoder(huffman=False),
}
DECODERS = {"nghttp2": Inflater, "hpack": Decoder}


def play(make, connections, act):
    played = []
    for steps in connections:
        peer = make()
        acts = []
        for step in steps:
            if step.get("limit") is not None:
                peer.limit(step["limit"])
            acts.append(act(peer, step))
        played.append(acts)
    return played


def main():
    with open(sys.argv[2], encoding="utf-8") as file:
        connections = json.load(file)
    if sys.argv[1] == "encode":
        answer = {
            name: play(make, connections, lambda peer, step: peer.encode(octets(step["list"])).hex())
            for name, make in ENCODERS.items()
        }
    else:
        answer = {
            name: play(make, connections,
                       lambda peer, step: text(peer.decode(bytes.fromhex(step["block"]))))
            for name, make in DECODERS.items()
        }
    print(json.dumps(answer))


main()
