// SPDX-License-Identifier: Apache-2.0
package import Networking

/// One try of one question at one server: a line of the evidence.
package struct Attempt: Sendable, Hashable {
    package var server: SocketAddress
    package var transport: DNSTransport
    package var outcome: Outcome

    package enum Outcome: Sendable, Hashable {
        case answered(ResponseCode, ExtendedError?)
        /// The answer repeats the question in another case; asked again over TCP.
        case caseChanged
        /// So many datagrams that answer nothing of ours that waiting on made no sense.
        case flooded
        /// A referral instead of an answer.
        case lame
        case malformed(MessageError)
        /// No answer in time.
        case silent
        /// The answer is cut; asked again over TCP.
        case truncated
        /// The kernel's words.
        case unreachable(String)
    }

    var isAnswered: Bool {
        if case .answered = outcome { true } else { false }
    }

    /// What this try alone would make of the question; nil when it got an answer.
    var failure: ResolutionFailure? {
        switch outcome {
        case .answered(.noError, _), .answered(.nameError, _): nil
        case .answered(.serverFailure, _): .serverFailure
        case .answered(.refused, _): .refused
        case .answered(let code, _): .unexpected(code)
        case .caseChanged, .flooded, .malformed: .malformed
        case .lame: .lame
        case .silent, .truncated: .timedOut
        case .unreachable: .unreachable
        }
    }
}

/// How a query travels.
package enum DNSTransport: String, Sendable, Hashable {
    case udp, tcp
}

extension Attempt: CustomStringConvertible {
    package var description: String { "\(server) over \(transport.rawValue): \(outcomeText)" }

    private var outcomeText: String {
        switch outcome {
        case .answered(let code, let error): "\(code)" + (error.map { " (\($0))" } ?? "")
        case .caseChanged: "changed the case of the question"
        case .flooded: "a flood of wrong answers"
        case .lame: "only refers to others"
        case .malformed(let error): "\(error)"
        case .silent: "no answer in time"
        case .truncated: "truncated"
        case .unreachable(let reason): reason
        }
    }
}

extension [Attempt] {
    /// Why all of them together gave no answer: the reason that says most comes first.
    var failure: ResolutionFailure {
        let failures = compactMap(\.failure)
        if failures.contains(.serverFailure) { return .serverFailure }
        let telling = failures.first { $0 != .timedOut && $0 != .unreachable }
        if let telling { return telling }
        return failures.contains(.timedOut) ? .timedOut : failures.first ?? .timedOut
    }
}
