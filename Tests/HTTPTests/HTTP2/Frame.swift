// SPDX-License-Identifier: Apache-2.0

/// A frame as a peer might send it, right or wrong: nothing here is checked.
struct Frame: Equatable, Sendable {
    var type: UInt8
    var flags: UInt8 = 0
    var stream: UInt32 = 0
    var payload: [UInt8] = []

    static let endStream: UInt8 = 0x01
    static let acknowledgement: UInt8 = 0x01
    static let endHeaders: UInt8 = 0x04
    static let padded: UInt8 = 0x08
    static let priority: UInt8 = 0x20

    var bytes: [UInt8] {
        let length = UInt32(payload.count)
        return [UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)]
            + [type, flags] + Self.word(stream) + payload
    }

    static func word(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(number >> $0 & 255) }
    }

    // MARK: The types

    static func data(
        _ stream: UInt32, _ content: String = "", flags: UInt8 = 0
    ) -> Frame {
        Frame(type: 0, flags: flags, stream: stream, payload: Array(content.utf8))
    }

    static func data(_ stream: UInt32, bytes: [UInt8], flags: UInt8 = 0) -> Frame {
        Frame(type: 0, flags: flags, stream: stream, payload: bytes)
    }

    static func headers(
        _ stream: UInt32, _ fields: [(String, String)], flags: UInt8 = endHeaders | endStream
    ) -> Frame {
        Frame(type: 1, flags: flags, stream: stream, payload: Block.plain(fields))
    }

    static func headers(_ stream: UInt32, block: [UInt8], flags: UInt8) -> Frame {
        Frame(type: 1, flags: flags, stream: stream, payload: block)
    }

    static func priority(_ stream: UInt32, on other: UInt32, weight: UInt8 = 15) -> Frame {
        Frame(type: 2, stream: stream, payload: word(other) + [weight])
    }

    static func resetStream(_ stream: UInt32, _ code: UInt32 = 8) -> Frame {
        Frame(type: 3, stream: stream, payload: word(code))
    }

    static func settings(_ settings: [(UInt16, UInt32)] = []) -> Frame {
        Frame(
            type: 4,
            payload: settings.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] + word($1) })
    }

    static let settingsAcknowledgement = Frame(type: 4, flags: acknowledgement)

    static func ping(_ text: String = "01234567", flags: UInt8 = 0) -> Frame {
        Frame(type: 6, flags: flags, payload: Array(text.utf8))
    }

    static func goAway(last: UInt32 = 0, _ code: UInt32 = 0, _ text: String = "") -> Frame {
        Frame(type: 7, payload: word(last) + word(code) + Array(text.utf8))
    }

    static func windowUpdate(_ stream: UInt32, _ increment: UInt32) -> Frame {
        Frame(type: 8, stream: stream, payload: word(increment))
    }

    static func continuation(
        _ stream: UInt32, _ block: [UInt8], flags: UInt8 = endHeaders
    ) -> Frame {
        Frame(type: 9, flags: flags, stream: stream, payload: block)
    }

    static func priorityUpdate(_ stream: UInt32, _ value: String) -> Frame {
        Frame(type: 16, payload: word(stream) + Array(value.utf8))
    }

    // MARK: Reading

    /// The frames that `bytes` are; nil when they are not whole frames.
    static func all(in bytes: [UInt8]) -> [Frame]? {
        var frames: [Frame] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 9 else { return nil }
            let header = Array(rest.prefix(9))
            let length = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
            guard rest.count >= 9 + length else { return nil }
            let stream = header[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            frames.append(
                Frame(
                    type: header[3], flags: header[4], stream: stream,
                    payload: Array(rest.dropFirst(9).prefix(length))))
            rest = rest.dropFirst(9 + length)
        }
        return frames
    }

    /// The number in the four bytes from `start` of the payload on.
    func word(at start: Int) -> UInt32 {
        payload[start..<start + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// Field blocks without any help from the code under test.
enum Block {
    /// Literals without indexing and without Huffman code (RFC 7541 §6.2.2).
    static func plain(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0x00] + string($0) + string($1) }
    }

    /// Literals that go into the table (RFC 7541 §6.2.1).
    static func indexing(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0x40] + string($0) + string($1) }
    }

    private static func string(_ text: String) -> [UInt8] {
        let bytes = text.unicodeScalars.map { UInt8($0.value) }
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var length: [UInt8] = [127]
        var rest = bytes.count - 127
        while rest >= 128 {
            length.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return length + [UInt8(rest)] + bytes
    }
}
