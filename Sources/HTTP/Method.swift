// SPDX-License-Identifier: Apache-2.0

/// A request method (RFC 9110 §9): the registered ones we act on by name, else `other`, whose
/// bytes the head keeps. Methods are case-sensitive.
package enum Method: UInt8, CaseIterable, Sendable {
    case get, head, post, put, delete, connect, options, trace, patch, other

    /// Recognises a method, given as the part `range` of `bytes`.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var word: UInt64 = 0
        guard range.count <= 7 else {
            self = .other
            return
        }
        for index in range { word = word << 8 | UInt64(bytes[index]) }
        self =
            switch word {
            case 0x47_4554: .get
            case 0x4845_4144: .head
            case 0x504f_5354: .post
            case 0x50_5554: .put
            case 0x4445_4c45_5445: .delete
            case 0x43_4f4e_4e45_4354: .connect
            case 0x4f_5054_494f_4e53: .options
            case 0x54_5241_4345: .trace
            case 0x50_4154_4348: .patch
            default: .other
            }
    }

    package init(_ text: String) {
        let bytes = text.utf8.span
        self.init(bytes, 0..<bytes.count)
    }

    /// The method as it stands in a request line; empty for `other`.
    package var text: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .connect: "CONNECT"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .patch: "PATCH"
        case .other: ""
        }
    }

    /// Whether doing it twice is as good as once, so that a lost request may be sent again
    /// (RFC 9110 §9.2.2). Unknown methods are not.
    package var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        case .post, .connect, .patch, .other: false
        }
    }
}
