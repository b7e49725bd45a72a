// SPDX-License-Identifier: Apache-2.0
import Networking

extension FieldNameSet {
    /// What concerned one connection of HTTP/1.1 and has no place in a header block (RFC 9113 §8.2.2).
    static let connectionSpecific: FieldNameSet = [
        .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade,
    ]
}

extension FieldFault {
    /// What is wrong with a name as it was received; nil: nothing. `known` is what it was recognised
    /// as.
    init?(name: Span<UInt8>, _ known: FieldName) {
        guard !name.isEmpty else {
            self = .emptyName
            return
        }
        if name[0] == .colon {
            guard PseudoField(name) == nil else { return nil }
            self = .unknownPseudoField
            return
        }
        for index in name.indices {
            let byte = name[index]
            if byte.isIn(.token), byte.lowercased == byte { continue }
            self = byte.isIn(.token) ? .uppercaseName : .malformedName
            return
        }
        guard FieldNameSet.connectionSpecific.contains(known) else { return nil }
        self = .connectionSpecificField
    }

    /// What is wrong with the value of a field of this name; nil: nothing.
    init?(value: Span<UInt8>, of name: FieldName) {
        if name == .te, StaticToken(value, 0..<value.count) != .trailers {
            self = .teWithoutTrailers
            return
        }
        guard !value.isEmpty else { return nil }
        var index = 0
        while true {
            index = value.firstControlByte(in: index..<value.count)
            guard index < value.count else { break }
            // A tab is the one control byte that a value may hold.
            guard value[index] == 0x09 else {
                self = .controlByteInValue
                return
            }
            index += 1
        }
        guard value[0].isBlank || value[value.count - 1].isBlank else { return nil }
        self = .blankAroundValue
    }
}
