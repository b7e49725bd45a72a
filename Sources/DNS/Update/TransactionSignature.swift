// SPDX-License-Identifier: Apache-2.0
import TLS

/// The TSIG record at a message's end (RFC 8945 §4.2): who has signed it and when.
package struct TransactionSignature: Hashable, Sendable {
    package var key: DNSName
    package var algorithm: DNSName
    /// Seconds since 1970, 48 bits.
    package var time: UInt64
    /// Seconds by which clocks may differ.
    package var fudge: UInt16
    package var code: [UInt8]
    package var originalID: UInt16
    package var error: SignatureError
    /// With `badTime`, the server's own time.
    package var other: [UInt8]

    /// What a server found wrong with our signature (RFC 8945 §3).
    package struct SignatureError: RawRepresentable, Hashable, Sendable {
        package let rawValue: UInt16

        package init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        package static let none = SignatureError(rawValue: 0)
        package static let badSignature = SignatureError(rawValue: 16)
        package static let badKey = SignatureError(rawValue: 17)
        package static let badTime = SignatureError(rawValue: 18)
    }

    /// Splits a signed message: its signature, and the bytes that were signed. Nil when the last
    /// record is no TSIG record, or one stands elsewhere.
    static func split(
        _ bytes: [UInt8]
    ) throws(MessageError) -> (signature: TransactionSignature, unsigned: [UInt8])? {
        var reader = WireReader(bytes)
        let opening = try MessageOpening(from: &reader)
        let count = opening.answerCount + opening.authorityCount + opening.additionalCount
        guard opening.additionalCount > 0 else { return nil }
        for _ in 0..<(count - 1) {
            guard try ResourceRecord(from: &reader).type != .tsig else { return nil }
        }
        let end = reader.position
        let record = try ResourceRecord(from: &reader)
        guard record.type == .tsig, record.recordClass == anyClass,
            case .opaque(_, let data) = record.data
        else { return nil }
        guard reader.remaining == 0 else { throw .trailingBytes(reader.remaining) }
        let signature = try TransactionSignature(key: record.name, data)
        // RFC 8945 §5.3.2: as it was before the record was added.
        var unsigned = Array(bytes[..<end])
        let additional = UInt16(opening.additionalCount - 1)
        unsigned.replaceSubrange(0..<2, with: signature.originalID.bytes)
        unsigned.replaceSubrange(10..<12, with: additional.bytes)
        return (signature, unsigned)
    }

    private init(key: DNSName, _ data: [UInt8]) throws(MessageError) {
        self.key = key
        var reader = WireReader(data)
        // RFC 8945 §4.2: not compressed; a pointer would lead out of the data and is refused.
        algorithm = try reader.readName()
        time = try UInt64(reader.readUInt16()) << 32 | UInt64(reader.readUInt32())
        fudge = try reader.readUInt16()
        code = Array(try reader.readBytes(Int(try reader.readUInt16())))
        originalID = try reader.readUInt16()
        error = SignatureError(rawValue: try reader.readUInt16())
        other = Array(try reader.readBytes(Int(try reader.readUInt16())))
        guard reader.remaining == 0 else { throw .badRecord(.tsig) }
    }

    /// A signature that is still to be made.
    init(_ key: TransactionKey, id: UInt16, time: UInt64) {
        self.key = key.name
        algorithm = key.algorithm.name
        self.time = time
        fudge = Self.fudge
        code = []
        originalID = id
        error = .none
        other = []
    }

    /// `message` with its signature, and the code, which the response's is made over.
    static func sign(
        _ message: Message, with key: TransactionKey, at time: UInt64
    ) -> (bytes: [UInt8], code: [UInt8]) {
        let unsigned = message.bytes
        var signature = TransactionSignature(key, id: message.header.id, time: time)
        signature.code = key.authenticationCode(of: signature.digested(unsigned, after: []))
        var signed = unsigned
        let additional = UInt16(unsigned[10]) << 8 | UInt16(unsigned[11])
        signed.replaceSubrange(10..<12, with: (additional &+ 1).bytes)
        var writer = WireWriter()
        signature.record.write(to: &writer)
        return (signed + writer.bytes, signature.code)
    }

    /// Whether `key` has signed `unsigned`, in answer to what had the code `request`.
    func verifies(_ unsigned: [UInt8], with key: TransactionKey, after request: [UInt8]) -> Bool {
        // Truncated codes (RFC 8945 §5.2.2.1) are not asked for and not taken.
        self.key == key.name && algorithm == key.algorithm.name
            && Digest.constantTimeEquals(
                code, key.authenticationCode(of: digested(unsigned, after: request)))
    }

    /// RFC 8945 §4.3: the request's code, the message, and the record's own values.
    private func digested(_ unsigned: [UInt8], after request: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        if !request.isEmpty { writer.writeCounted { $0.write(request) } }
        writer.write(unsigned)
        writer.write(key.lowercased.wire)
        writer.write(Self.anyClass)
        writer.write(UInt32(0))
        writer.write(algorithm.lowercased.wire)
        writer.write(UInt16(truncatingIfNeeded: time >> 32))
        writer.write(UInt32(truncatingIfNeeded: time))
        writer.write(fudge)
        writer.write(error.rawValue)
        writer.writeCounted { $0.write(other) }
        return writer.bytes
    }

    private var record: ResourceRecord {
        var writer = WireWriter()
        writer.write(algorithm.wire)
        writer.write(UInt16(truncatingIfNeeded: time >> 32))
        writer.write(UInt32(truncatingIfNeeded: time))
        writer.write(fudge)
        writer.writeCounted { $0.write(code) }
        writer.write(originalID)
        writer.write(error.rawValue)
        writer.writeCounted { $0.write(other) }
        return ResourceRecord(
            key, ttl: 0, .opaque(.tsig, writer.bytes), recordClass: Self.anyClass)
    }

    /// What RFC 8945 §10 recommends.
    static let fudge: UInt16 = 300
    private static let anyClass: UInt16 = 255
}

extension UInt16 {
    fileprivate var bytes: [UInt8] { [UInt8(self >> 8), UInt8(self & 0xff)] }
}
