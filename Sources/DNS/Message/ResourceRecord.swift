// SPDX-License-Identifier: Apache-2.0

/// One record (RFC 1035 §4.1.3).
package struct ResourceRecord: Hashable, Sendable {
    package var name: DNSName
    package var recordClass: UInt16
    /// Seconds for which it may be believed. RFC 2181 §8: a value with the top bit set reads as 0.
    package var ttl: UInt32
    package var data: RecordData

    package init(
        _ name: DNSName, ttl: UInt32, _ data: RecordData, recordClass: UInt16 = internetClass
    ) {
        self.name = name
        self.ttl = ttl
        self.data = data
        self.recordClass = recordClass
    }

    package var type: RecordType { data.type }

    init(from reader: inout WireReader) throws(MessageError) {
        name = try reader.readName()
        let type = RecordType(rawValue: try reader.readUInt16())
        recordClass = try reader.readUInt16()
        let lifetime = try reader.readUInt32()
        // The TTL of an OPT record is flags, not a time.
        ttl = lifetime > Int32.max && type != .opt ? 0 : lifetime
        let count = Int(try reader.readUInt16())
        data =
            recordClass == internetClass
            ? try RecordData(from: &reader, type: type, count: count)
            : .opaque(type, Array(try reader.readBytes(count)))
    }

    func write(to writer: inout WireWriter) {
        writer.writeCompressed(name)
        writer.write(type.rawValue)
        writer.write(recordClass)
        writer.write(ttl)
        writer.writeCounted { data.write(to: &$0) }
    }
}

extension ResourceRecord: CustomStringConvertible {
    /// `shop.example.com. 300 CNAME domains.saascompany.com.`
    package var description: String { "\(name.absolute) \(ttl) \(type) \(data)" }
}
