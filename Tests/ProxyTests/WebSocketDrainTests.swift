// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import HTTP
import Networking
import TLS
import Testing

@testable import Proxy

/// What a server answers to a client's key (RFC 6455 §4.2.2).
func webSocketAccept(_ key: String) -> String { WebSocketKey(key).accept }

@Suite struct WebSocketDrainTests {
    @Test func `the RFC's key has the RFC's proof`() {
        #expect(webSocketAccept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    static let frames: [[UInt8]] = [
        [0x81, 0x00], [0x81, 0x05] + Array("hello".utf8),
        [0x82, 0x7e, 0x01, 0x00] + Array(repeating: 7, count: 256),
        [0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0] + Array(repeating: 8, count: 65_536),
        [0x81, 0x83, 1, 2, 3, 4, 0x60, 0x60, 0x60],
        [0x81, 0xfe, 0, 126, 1, 2, 3, 4]
            + Array(repeating: 9, count: 126),
    ]

    @Test(arguments: [1, 2, 3, 5, 100, 100_000])
    func `the ends of frames are found however they are cut`(size: Int) {
        var frames = WebSocketFrames()
        var ends = 0
        for frame in Self.frames {
            for start in stride(from: 0, to: frame.count, by: size) {
                let piece = Array(frame[start..<min(start + size, frame.count)])
                if start > 0 { #expect(!frames.isBetween) }
                frames.pass(piece.span)
            }
            if frames.isBetween { ends += 1 }
        }
        #expect(ends == Self.frames.count)
    }

    @Test func `the rest of a frame ends where the next begins`() {
        var frames = WebSocketFrames()
        #expect(frames.rest(in: [0x81, 0x02, 0x41, 0x42].span) == 0)
        frames.pass([0x81, 0x02].span)
        #expect(frames.rest(in: [0x41, 0x42, 0x81, 0x00].span) == 2)
        #expect(frames.rest(in: [0x41].span) == 1)
    }

    @Test(arguments: ["", "\u{1}"])
    func `a drain sends Close between two frames, and lets the client end`(
        half: String
    ) async throws {
        let closed = Counter()
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\n\r\n")
            // A whole frame, and perhaps the beginning of another one.
            try await origin.send("\u{1}\u{2}hi" + half)
            if !half.isEmpty {
                while closed.value == 0 {
                    try await origin.socket.loop.sleep(for: .milliseconds(1))
                }
                try await origin.send("\u{2}ho")
            }
            #expect(try await origin.read(4) == "bye!")
        }
        try await rig.client { client in
            try await client.send(
                "GET /chat HTTP/1.1\r\nHost: shop.example.com\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Version: 13\r\n\r\n")
            #expect(try await client.head().hasPrefix("HTTP/1.1 101"))
            #expect(try await client.read(4 + half.utf8.count) == "\u{1}\u{2}hi" + half)
            async let cutOff = rig.drain()
            try await rig.loop.sleep(for: .milliseconds(20))
            closed.next()
            if !half.isEmpty { #expect(try await client.read(3) == "\u{2}ho") }
            #expect(try await client.bytes(4) == [0x88, 0x02, 0x03, 0xe9])
            try await client.send("bye!")
            client.socket.shutdownWrite()
            #expect(try await client.rest().isEmpty)
            #expect(await cutOff == 0)
        }
    }
}
