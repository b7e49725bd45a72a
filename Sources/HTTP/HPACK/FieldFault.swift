// SPDX-License-Identifier: Apache-2.0

/// What is wrong with the fields of a header block, which makes the message malformed (RFC 9113
/// §8.1.1): a closed set, so that it can be counted by reason.
package enum FieldFault: Error, Equatable, Hashable, CaseIterable, Sendable {
    // The name.
    case emptyName, uppercaseName, malformedName
    case unknownPseudoField
    case connectionSpecificField

    // The value.
    case controlByteInValue, blankAroundValue
    case teWithoutTrailers

    // The place among the others.
    case repeatedPseudoField, latePseudoField
    case tooManyFields, sectionTooLarge

    /// Whether every field of the same name has it, whatever the value.
    var isOfName: Bool {
        switch self {
        case .emptyName, .uppercaseName, .malformedName, .unknownPseudoField,
            .connectionSpecificField:
            true
        default: false
        }
    }
}

extension FieldFault: CustomStringConvertible {
    /// What is wrong, for logs; with the section where one sentence does not say it all.
    package var description: String {
        switch self {
        case .emptyName: "a field without a name"
        case .uppercaseName: "an upper-case letter in a field name (RFC 9113 §8.2.1)"
        case .malformedName: "a field name is not a token"
        case .unknownPseudoField: "an unknown pseudo-header field"
        case .connectionSpecificField: "a connection-specific field (RFC 9113 §8.2.2)"
        case .controlByteInValue: "a control byte in a field value"
        case .blankAroundValue: "a field value begins or ends with whitespace"
        case .teWithoutTrailers: "TE says something other than trailers (RFC 9113 §8.2.2)"
        case .repeatedPseudoField: "a pseudo-header field occurs twice"
        case .latePseudoField: "a pseudo-header field behind a regular one (RFC 9113 §8.3)"
        case .tooManyFields: "too many fields"
        case .sectionTooLarge: "the field section is too large"
        }
    }
}
