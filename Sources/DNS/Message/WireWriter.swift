// SPDX-License-Identifier: Apache-2.0

/// Writes the parts of a message one after the other, with compressed names.
struct WireWriter {
    private(set) var bytes: [UInt8] = []
    /// Where a name, or the end of one, was written before, byte for byte: case is kept.
    private var places: [ArraySlice<UInt8>: Int] = [:]

    mutating func write(_ value: UInt8) {
        bytes.append(value)
    }

    mutating func write(_ value: UInt16) {
        bytes.append(UInt8(value >> 8))
        bytes.append(UInt8(value & 0xff))
    }

    mutating func write(_ value: UInt32) {
        write(UInt16(value >> 16))
        write(UInt16(value & 0xffff))
    }

    mutating func write(_ value: some Sequence<UInt8>) {
        bytes.append(contentsOf: value)
    }

    /// Writes a name, its end as a pointer where the message has it already (RFC 1035 §4.1.4).
    mutating func writeCompressed(_ name: DNSName) {
        var rest = name.wire[...]
        while let length = rest.first, length != 0 {
            if let place = places[rest] {
                write(UInt16(0xc000) | UInt16(place))
                return
            }
            if bytes.count < 0x4000 { places[rest] = bytes.count }
            bytes.append(contentsOf: rest.prefix(1 + Int(length)))
            rest = rest.dropFirst(1 + Int(length))
        }
        bytes.append(0)
    }

    /// Writes what `body` writes, after its length in two bytes.
    mutating func writeCounted(_ body: (inout WireWriter) -> Void) {
        let start = bytes.count
        write(UInt16(0))
        body(&self)
        let count = bytes.count - start - 2
        bytes[start] = UInt8(truncatingIfNeeded: count >> 8)
        bytes[start + 1] = UInt8(truncatingIfNeeded: count)
    }
}
