// SPDX-License-Identifier: Apache-2.0

/// The OPT record of a message (RFC 6891 §6.1), apart from the other records.
package struct EDNS: Hashable, Sendable {
    /// The largest datagram that the sender takes.
    package var payloadSize: UInt16
    /// The high eight bits of the response code.
    package var extendedCode: UInt8
    package var version: UInt8
    package var flags: UInt16
    package var options: [Option]

    package struct Option: Hashable, Sendable {
        package var code: UInt16
        package var data: [UInt8]
    }

    package init(payloadSize: UInt16) {
        self.payloadSize = payloadSize
        extendedCode = 0
        version = 0
        flags = 0
        options = []
    }

    /// Why the server answered as it did, where it says so.
    package var extendedError: ExtendedError? {
        options.lazy.compactMap(ExtendedError.init).first
    }

    /// Reads an OPT record, whose class and TTL have meanings of their own.
    init(_ record: ResourceRecord) throws(MessageError) {
        guard record.name.isRoot, case .opaque(.opt, let data) = record.data else {
            throw .badOption
        }
        payloadSize = record.recordClass
        extendedCode = UInt8(record.ttl >> 24)
        version = UInt8(record.ttl >> 16 & 0xff)
        flags = UInt16(record.ttl & 0xffff)
        options = []
        var reader = WireReader(data)
        while reader.remaining > 0 {
            let code = try reader.readUInt16()
            let count = Int(try reader.readUInt16())
            options.append(Option(code: code, data: Array(try reader.readBytes(count))))
        }
    }

    var record: ResourceRecord {
        var writer = WireWriter()
        for option in options {
            writer.write(option.code)
            writer.writeCounted { $0.write(option.data) }
        }
        let ttl = UInt32(extendedCode) << 24 | UInt32(version) << 16 | UInt32(flags)
        return ResourceRecord(
            .root, ttl: ttl, .opaque(.opt, writer.bytes), recordClass: payloadSize)
    }
}

/// A server's reason for a failure (RFC 8914).
package struct ExtendedError: Hashable, Sendable, CustomStringConvertible {
    package var code: UInt16
    package var text: String

    package init(code: UInt16, text: String) {
        self.code = code
        self.text = text
    }

    init?(_ option: EDNS.Option) {
        guard option.code == Self.optionCode, option.data.count >= 2 else { return nil }
        code = UInt16(option.data[0]) << 8 | UInt16(option.data[1])
        text = String(decoding: option.data.dropFirst(2).prefix(Self.maxText), as: UTF8.self)
    }

    /// The option that carries it.
    package var option: EDNS.Option {
        EDNS.Option(
            code: Self.optionCode,
            data: [UInt8(code >> 8), UInt8(code & 0xff)] + Array(text.utf8))
    }

    /// Whether the zone's DNSSEC signatures are what failed (§4.6 to §4.13, §4.28).
    package var blamesDNSSEC: Bool { (5...12).contains(code) || code == 27 }

    package var description: String {
        text.isEmpty ? "extended error \(code)" : "extended error \(code): \(text)"
    }

    private static let optionCode: UInt16 = 15
    private static let maxText = 256
}
