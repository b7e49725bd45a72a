// SPDX-License-Identifier: Apache-2.0
import HTTP

/// How much of a request's body may pass: `limits.max_body`.
///
/// Asked once about the head, where a length says it all, and then told of each piece of a body
/// whose length is not known before its end.
struct BodyAllowance: Equatable, Sendable {
    /// Nil: there is no bound.
    private var left: UInt64?

    init(_ most: UInt64?) {
        left = most
    }

    /// Whether a body that is framed like this may begin, of which so many bytes are at hand when it
    /// is whole; else 413 (RFC 9110 §15.5.14).
    func admits(_ framing: BodyFraming, whole: Int?) -> Bool {
        guard let left else { return true }
        if case .length(let length) = framing { return length <= left }
        return UInt64(exactly: whole ?? 0) ?? 0 <= left
    }

    /// Takes a piece of the body into account; false when it is more than may pass, and then no
    /// other one may either.
    mutating func take(_ count: Int) -> Bool {
        guard let left else { return true }
        guard let count = UInt64(exactly: count), count <= left else {
            self.left = 0
            return count == 0
        }
        self.left = left - count
        return true
    }
}
