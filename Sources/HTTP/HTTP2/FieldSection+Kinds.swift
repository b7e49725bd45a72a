// SPDX-License-Identifier: Apache-2.0

extension FieldSection {
    /// Whether any pseudo-header field came: in trailers none may (RFC 9113 §8.1).
    var hasPseudoHeader: Bool {
        status != nil || hasRequestPseudoHeader
    }

    /// Whether one came that only requests have (RFC 9113 §8.3.1, RFC 8441 §4).
    var hasRequestPseudoHeader: Bool {
        method != nil || scheme != nil || path != nil || authority != nil || protocolName != nil
    }

    /// Whether nothing is wrong with its form, but there is more of it than we take.
    var isTooLarge: Bool { fault == .sectionTooLarge || fault == .tooManyFields }
}
