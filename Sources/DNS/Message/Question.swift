// SPDX-License-Identifier: Apache-2.0

/// What a query asks for (RFC 1035 §4.1.2).
package struct Question: Hashable, Sendable, CustomStringConvertible {
    package var name: DNSName
    package var type: RecordType
    package var recordClass: UInt16

    package init(_ name: DNSName, _ type: RecordType, recordClass: UInt16 = internetClass) {
        self.name = name
        self.type = type
        self.recordClass = recordClass
    }

    /// `shop.example.com CAA`.
    package var description: String { "\(name) \(type)" }

    init(from reader: inout WireReader) throws(MessageError) {
        name = try reader.readName()
        type = RecordType(rawValue: try reader.readUInt16())
        recordClass = try reader.readUInt16()
    }

    func write(to writer: inout WireWriter) {
        writer.writeCompressed(name)
        writer.write(type.rawValue)
        writer.write(recordClass)
    }
}

/// The class IN, the only one whose records have a form here.
package let internetClass: UInt16 = 1
