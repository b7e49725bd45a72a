// SPDX-License-Identifier: Apache-2.0
import Networking

@testable import HTTP

/// A field of a header list, pseudo-header fields among them.
struct ListedField: Hashable, Sendable, CustomStringConvertible {
    var name: String
    var value: String
    var isNeverIndexed = false

    init(_ name: String, _ value: String, isNeverIndexed: Bool = false) {
        self.name = name
        self.value = value
        self.isNeverIndexed = isNeverIndexed
    }

    var description: String { "\(name): \(value)" }

    var pseudo: PseudoField? { PseudoField(name.utf8.span) }
}

typealias HeaderList = [ListedField]

extension FieldSection {
    /// Everything it says: pseudo-header fields in the order of their enumeration, then the others.
    var list: HeaderList {
        var list: HeaderList = []
        for pseudo in PseudoField.allCases {
            guard let range = self[pseudo] else { continue }
            list.append(ListedField(pseudo.text, String(latin1: fields.arena[range])))
        }
        for entry in fields.entries {
            list.append(
                ListedField(
                    String(latin1: fields.arena[entry.nameRange]),
                    String(latin1: fields.arena[entry.valueRange]),
                    isNeverIndexed: entry.isNeverIndexed))
        }
        return list
    }
}

extension HeaderList {
    /// In the order in which a section lists its fields.
    var inSectionOrder: HeaderList {
        PseudoField.allCases.flatMap { pseudo in filter { $0.pseudo == pseudo } }
            + filter { $0.pseudo == nil }
    }
}

extension HPACKDecoder {
    /// Decodes a block into a section of its own, within bounds that tests do not meet.
    mutating func decode(
        _ block: [UInt8], sectionBytes: Int = 1 << 20, fieldsMax: Int = 1 << 12
    ) throws(HPACKError) -> FieldSection {
        var section = FieldSection()
        try decode(block.span, into: &section, sectionBytes: sectionBytes, fieldsMax: fieldsMax)
        return section
    }
}

extension HPACKEncoder {
    /// Writes a whole block.
    mutating func encode(_ list: HeaderList) -> [UInt8] {
        begin()
        if let method = list.first(where: { $0.pseudo == .method }) {
            let value = { (pseudo: PseudoField) in
                Array(latin1: list.first { $0.pseudo == pseudo }?.value ?? "")
            }
            let (scheme, authority, path) = (value(.scheme), value(.authority), value(.path))
            append(
                method: Array(latin1: method.value).span, scheme: scheme.span,
                authority: authority.span, path: path.span)
        }
        for field in list {
            switch field.pseudo {
            case .status: append(status: Int(field.value) ?? 0)
            case .protocolName: append(protocolName: Array(latin1: field.value).span)
            case .method, .scheme, .authority, .path: break
            case nil:
                append(name: Array(latin1: field.name).span, value: Array(latin1: field.value).span)
            }
        }
        return block.withReadable { bytes in bytes.indices.map { bytes[$0] } }
    }
}

extension String {
    /// The text whose characters are these bytes.
    init(latin1 bytes: some Sequence<UInt8>) {
        self.init(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

extension [UInt8] {
    /// Bytes in hexadecimal digits, with blanks wherever they help to read.
    init(hex text: String) {
        let digits = text.utf8.compactMap(\.hexValue)
        self = stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
