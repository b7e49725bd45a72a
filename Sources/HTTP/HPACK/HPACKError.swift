// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not a header block. The tables of both ends differ from here on: a connection error
/// of type COMPRESSION_ERROR (RFC 9113 §4.3).
package enum HPACKError: Error, Equatable, Hashable, CaseIterable, Sendable {
    case truncatedBlock
    case integerTooLarge
    case indexOutOfRange
    case malformedPadding, endOfStringSymbol
    case sizeUpdateAboveLimit, sizeUpdateNotFirst, missingSizeUpdate
}

extension HPACKError: CustomStringConvertible {
    /// What is wrong, for logs, with the section.
    package var description: String {
        switch self {
        case .truncatedBlock: "a header block ends within a field"
        case .integerTooLarge: "an integer is too large (RFC 7541 §5.1)"
        case .indexOutOfRange: "an index beyond the tables (RFC 7541 §2.3.3)"
        case .malformedPadding: "a Huffman string is not padded with up to 7 ones (RFC 7541 §5.2)"
        case .endOfStringSymbol: "a Huffman string holds the EOS symbol (RFC 7541 §5.2)"
        case .sizeUpdateAboveLimit: "a table size above what we allow (RFC 7541 §6.3)"
        case .sizeUpdateNotFirst: "a table size update behind a field (RFC 7541 §4.2)"
        case .missingSizeUpdate: "no update to the smaller table size (RFC 9113 §4.3.1)"
        }
    }
}
