// SPDX-License-Identifier: Apache-2.0

/// Why a question has no answer. The comment of each case says who is to blame.
package enum ResolutionFailure: Error, Sendable, Hashable {
    /// The aliases of the name come back to this one. The name's owner.
    case aliasLoop(DNSName)
    /// More aliases than are followed. The name's owner.
    case chainTooLong
    /// Every server sent us to others instead of answering: they do not resolve. Our configuration.
    case lame
    /// What came back cannot be read, or changes what was asked. The server.
    case malformed
    /// Too many lookups under way. Us.
    case overloaded
    /// No server wants to answer us. Our configuration.
    case refused
    /// SERVFAIL: the server could not get an answer from the zone's own servers, or its DNSSEC
    /// signatures are wrong. The name's owner, nearly always.
    case serverFailure
    /// No server answered in time. The servers, or the way to them.
    case timedOut
    /// No server could be reached. The servers, or the way to them.
    case unreachable
    /// A response code with no meaning here. The server.
    case unexpected(ResponseCode)
}

extension ResolutionFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .aliasLoop(let name): "a CNAME loop at \(name)"
        case .chainTooLong: "more than \(CNAMEChain.maxHops) CNAMEs in a row"
        case .lame: "the server only refers to others"
        case .malformed: "a malformed answer"
        case .overloaded: "too many lookups at once"
        case .refused: "REFUSED"
        case .serverFailure: "SERVFAIL"
        case .timedOut: "no answer in time"
        case .unreachable: "no server can be reached"
        case .unexpected(let code): "\(code)"
        }
    }
}
