// SPDX-License-Identifier: Apache-2.0

/// A domain name as DNS has it: labels of any bytes, compared without regard to ASCII case.
///
/// It keeps the case it was made with, which the 0x20 check of the resolver relies on.
package struct DNSName: Sendable {
    /// The uncompressed wire form with the root's empty label (RFC 1035 §3.1): 1 to 255 bytes.
    package let wire: [UInt8]

    /// The root: no label at all.
    package static let root = DNSName(checkedWire: [0])

    /// `wire` must be a whole, valid wire form.
    init(checkedWire wire: [UInt8]) {
        self.wire = wire
    }

    /// Joins labels; nil when one is empty or over 63 bytes, or the whole is over 255.
    package init?(labels: some Sequence<some Collection<UInt8>>) {
        var wire: [UInt8] = []
        for label in labels {
            guard (1...Self.maxLabelLength).contains(label.count) else { return nil }
            wire.append(UInt8(label.count))
            wire.append(contentsOf: label)
            guard wire.count < Self.maxWireLength else { return nil }
        }
        wire.append(0)
        self.wire = wire
    }

    /// Reads `shop.example.com`, with or without the last dot; `.` is the root.
    ///
    /// `\.` and `\DDD` stand for bytes (RFC 1035 §5.1). Characters outside ASCII are refused: an
    /// international name comes here as A-labels.
    package init?(_ text: String) {
        if text == "." {
            self = .root
            return
        }
        guard let labels = Self.split(Array(text.utf8)) else { return nil }
        self.init(labels: labels)
    }

    /// The labels from left to right, without the root's.
    package var labels: [ArraySlice<UInt8>] {
        var labels: [ArraySlice<UInt8>] = []
        var start = 0
        while wire[start] != 0 {
            let end = start + 1 + Int(wire[start])
            labels.append(wire[(start + 1)..<end])
            start = end
        }
        return labels
    }

    package var isRoot: Bool { wire.count == 1 }

    /// The name without its first label; nil for the root.
    package var parent: DNSName? {
        isRoot ? nil : DNSName(checkedWire: Array(wire.dropFirst(1 + Int(wire[0]))))
    }

    /// Whether `ancestor` is this name or stands above it.
    package func isWithin(_ ancestor: DNSName) -> Bool {
        var name = self
        while name.wire.count > ancestor.wire.count, let parent = name.parent {
            name = parent
        }
        return name == ancestor
    }

    /// The name below `new` that stands for this one below `old`, as a DNAME rewrites it
    /// (RFC 6672 §2.2); nil when this is not below `old`, or when the result would be too long.
    package func moved(from old: DNSName, to new: DNSName) -> DNSName? {
        guard self != old, isWithin(old) else { return nil }
        let moved = wire.dropLast(old.wire.count) + new.wire
        return moved.count <= Self.maxWireLength ? DNSName(checkedWire: Array(moved)) : nil
    }

    /// The same name with each letter in upper or lower case at random: "0x20", so that a forged
    /// answer has to guess the case too.
    package func mixingCase(using random: inout some RandomNumberGenerator) -> DNSName {
        DNSName(
            checkedWire: wire.map { byte in
                let isLetter = (0x61...0x7a).contains(byte | 0x20)
                return isLetter && Bool.random(using: &random) ? byte ^ 0x20 : byte
            })
    }

    /// Whether it is written with any letter in upper case.
    var hasUpperCase: Bool { wire.contains { (0x41...0x5a).contains($0) } }

    /// The same name written in lower case.
    var lowercased: DNSName { DNSName(checkedWire: wire.map(Self.lowercased)) }

    /// The name with its last dot, as a zone file has it: `shop.example.com.`.
    package var absolute: String { isRoot ? "." : "\(self)." }

    static let maxLabelLength = 63
    static let maxWireLength = 255
}

extension DNSName: Hashable {
    /// RFC 4343: ASCII letters are equal in either case. Length bytes are below the letters.
    package static func == (left: DNSName, right: DNSName) -> Bool {
        left.wire.count == right.wire.count
            && zip(left.wire, right.wire).allSatisfy { lowercased($0) == lowercased($1) }
    }

    package func hash(into hasher: inout Hasher) {
        for byte in wire { hasher.combine(Self.lowercased(byte)) }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }
}

extension DNSName: CustomStringConvertible {
    /// The name without its last dot, in lower case, because servers repeat the mixed case of a
    /// question: `shop.example.com`; `.` for the root.
    package var description: String {
        isRoot ? "." : labels.map(Self.text).joined(separator: ".")
    }

    private static func text(of label: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in label {
            switch byte {
            case 0x2e, 0x5c: text += "\\" + String(UnicodeScalar(byte))
            case 0x21...0x7e: text.unicodeScalars.append(UnicodeScalar(lowercased(byte)))
            default: text += "\\" + String("00\(byte)".suffix(3))
            }
        }
        return text
    }

    /// The labels of a text, escapes undone; nil when an escape is cut or a byte is not ASCII.
    private static func split(_ text: [UInt8]) -> [[UInt8]]? {
        var labels: [[UInt8]] = []
        var label: [UInt8] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case 0x2e:
                labels.append(label)
                label = []
                index += 1
            case 0x5c:
                guard let (byte, length) = escape(text[(index + 1)...]) else { return nil }
                label.append(byte)
                index += 1 + length
            case 0x21...0x7e:
                label.append(text[index])
                index += 1
            default: return nil
            }
        }
        if !label.isEmpty || labels.isEmpty { labels.append(label) }
        return labels
    }

    /// What follows a backslash: three decimal digits, or a byte that stands for itself.
    private static func escape(_ rest: ArraySlice<UInt8>) -> (byte: UInt8, length: Int)? {
        guard let first = rest.first else { return nil }
        guard (0x30...0x39).contains(first) else {
            return (0x21...0x7e).contains(first) ? (first, 1) : nil
        }
        let digits = rest.prefix(3)
        guard digits.count == 3, let byte = UInt8(String(decoding: digits, as: UTF8.self)) else {
            return nil
        }
        return (byte, 3)
    }
}
