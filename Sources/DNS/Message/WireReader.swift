// SPDX-License-Identifier: Apache-2.0

/// Reads the parts of a message one after the other.
struct WireReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    mutating func readUInt8() throws(MessageError) -> UInt8 {
        guard remaining >= 1 else { throw .truncated }
        position += 1
        return bytes[position - 1]
    }

    mutating func readUInt16() throws(MessageError) -> UInt16 {
        try UInt16(readUInt8()) << 8 | UInt16(readUInt8())
    }

    mutating func readUInt32() throws(MessageError) -> UInt32 {
        try UInt32(readUInt16()) << 16 | UInt32(readUInt16())
    }

    mutating func readBytes(_ count: Int) throws(MessageError) -> ArraySlice<UInt8> {
        guard remaining >= count else { throw .truncated }
        position += count
        return bytes[(position - count)..<position]
    }

    /// Reads a name and follows its pointers (RFC 1035 §4.1.4).
    ///
    /// Each pointer has to lead before the place that the last one led to, so the work is bounded
    /// by the length of a name, whatever the message says.
    mutating func readName() throws(MessageError) -> DNSName {
        var wire: [UInt8] = []
        var place = position
        var afterName: Int?
        var limit = position
        while true {
            guard place < bytes.count else { throw .truncated }
            let first = Int(bytes[place])
            switch first >> 6 {
            case 0b00:
                let end = place + 1 + first
                guard end <= bytes.count else { throw .truncated }
                wire.append(contentsOf: bytes[place..<end])
                guard wire.count <= DNSName.maxWireLength else { throw .nameTooLong }
                place = end
                if first == 0 {
                    position = afterName ?? end
                    return DNSName(checkedWire: wire)
                }
            case 0b11:
                guard place + 1 < bytes.count else { throw .truncated }
                let target = (first & 0x3f) << 8 | Int(bytes[place + 1])
                guard target >= MessageHeader.length, target < limit else { throw .badPointer }
                afterName = afterName ?? place + 2
                limit = target
                place = target
            default: throw .badLabel
            }
        }
    }
}
