// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a message; the one who sent it is to blame.
package enum MessageError: Error, Hashable, Sendable {
    /// A pointer that does not lead backwards to an earlier name: forward, a loop, into the header.
    case badPointer
    /// Data that does not have the form of its type.
    case badRecord(RecordType)
    /// A label that starts with the bits 01 or 10.
    case badLabel
    /// A second OPT record, or one with an owner (RFC 6891 §6.1.1).
    case badOption
    /// A name of more than 255 bytes.
    case nameTooLong
    /// Bytes after the last record.
    case trailingBytes(Int)
    /// The message ends before what it announces.
    case truncated
}

extension MessageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badPointer: "a compression pointer that does not lead backwards"
        case .badRecord(let type): "a malformed \(type) record"
        case .badLabel: "a label of an unknown kind"
        case .badOption: "a malformed OPT record"
        case .nameTooLong: "a name of more than 255 bytes"
        case .trailingBytes(let count): "\(count) bytes after the last record"
        case .truncated: "less data than announced"
        }
    }
}
