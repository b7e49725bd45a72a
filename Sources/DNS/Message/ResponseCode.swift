// SPDX-License-Identifier: Apache-2.0

/// How a server judged a query: 4 bits in the header, 12 with EDNS (RFC 6895 §2.3).
package struct ResponseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let noError = ResponseCode(rawValue: 0)
    package static let formatError = ResponseCode(rawValue: 1)
    package static let serverFailure = ResponseCode(rawValue: 2)
    package static let nameError = ResponseCode(rawValue: 3)
    package static let notImplemented = ResponseCode(rawValue: 4)
    package static let refused = ResponseCode(rawValue: 5)
    /// RFC 2136 §2.2, RFC 8945 §3: not the zone's server, or the signature is at fault.
    package static let notAuthorized = ResponseCode(rawValue: 9)
    package static let notZone = ResponseCode(rawValue: 10)
    package static let badVersion = ResponseCode(rawValue: 16)
}

extension ResponseCode: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noError: "NOERROR"
        case .formatError: "FORMERR"
        case .serverFailure: "SERVFAIL"
        case .nameError: "NXDOMAIN"
        case .notImplemented: "NOTIMP"
        case .refused: "REFUSED"
        case .notAuthorized: "NOTAUTH"
        case .notZone: "NOTZONE"
        case .badVersion: "BADVERS"
        default: "RCODE\(rawValue)"
        }
    }
}
