// SPDX-License-Identifier: Apache-2.0

/// A CAA record: what its zone lets certification authorities do (RFC 8659 §4.1).
package struct CertificationAuthorityAuthorization: Hashable, Sendable {
    package var flags: UInt8
    /// ASCII letters and digits, in the case the zone has them; compared without regard to case.
    package var tag: String
    package var value: [UInt8]

    package init(flags: UInt8 = 0, tag: String, value: String) {
        self.flags = flags
        self.tag = tag
        self.value = Array(value.utf8)
    }

    /// Whether a CA that does not know the tag must not issue.
    package var isCritical: Bool { flags & 0x80 != 0 }

    /// The data as a zone file has it: `0 issue "ca.example"`.
    package var text: String {
        var quoted = ""
        for byte in value {
            switch byte {
            case 0x22, 0x5c: quoted += "\\" + String(UnicodeScalar(byte))
            case 0x20...0x7e: quoted.unicodeScalars.append(UnicodeScalar(byte))
            default: quoted += "\\" + String("00\(byte)".suffix(3))
            }
        }
        return "\(flags) \(tag) \"\(quoted)\""
    }

    /// Reads `count` bytes of data.
    init(from reader: inout WireReader, count: Int) throws(MessageError) {
        guard count >= 2 else { throw .badRecord(.caa) }
        flags = try reader.readUInt8()
        let length = Int(try reader.readUInt8())
        guard length > 0, length <= count - 2 else { throw .badRecord(.caa) }
        let tagBytes = try reader.readBytes(length)
        guard tagBytes.allSatisfy(Self.isLetterOrDigit) else { throw .badRecord(.caa) }
        tag = String(decoding: tagBytes, as: UTF8.self)
        value = Array(try reader.readBytes(count - 2 - length))
    }

    func write(to writer: inout WireWriter) {
        writer.write(flags)
        writer.write(UInt8(truncatingIfNeeded: tag.utf8.count))
        writer.write(tag.utf8)
        writer.write(value)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
    }
}
