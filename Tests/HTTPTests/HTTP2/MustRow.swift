// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

/// One requirement of RFC 9113 or a neighbour: what is sent, what must become of it, and the
/// section that says so.
struct MustRow: Sendable, CustomTestStringConvertible {
    enum Step: Sendable {
        case bytes([UInt8])
        /// We answer, with content or without, and end the stream.
        case answer(UInt32, String?)
        /// We reset the stream.
        case reset(UInt32)
        /// We ask for something.
        case ask(HTTP.Method, ends: Bool)
        /// We say goodbye.
        case goAway

        static func send(_ frames: Frame...) -> Step { .bytes(frames.flatMap(\.bytes)) }
    }

    enum Outcome: Sendable {
        /// GOAWAY with this code, and nothing after it.
        case connection(HTTP2ErrorCode)
        /// RST_STREAM with this code; the connection goes on.
        case stream(UInt32, HTTP2ErrorCode)
        /// Exactly this is heard of it, nothing is reset; the connection goes on.
        case happens([Happening])
    }

    let claim: String
    let section: String
    let role: HTTP2Machine.Role
    let isGreeted: Bool
    let steps: [Step]
    let outcome: Outcome

    var testDescription: String { "\(claim) [\(section)]" }

    init(
        _ claim: String, _ section: String, role: HTTP2Machine.Role = .server,
        isGreeted: Bool = true, _ steps: Step..., outcome: Outcome
    ) {
        self.claim = claim
        self.section = section
        self.role = role
        self.isGreeted = isGreeted
        self.steps = steps
        self.outcome = outcome
    }

    /// A row about what a server makes of some frames.
    init(_ claim: String, _ section: String, _ frames: Frame..., outcome: Outcome) {
        self.claim = claim
        self.section = section
        role = .server
        isGreeted = true
        steps = [.bytes(frames.flatMap(\.bytes))]
        self.outcome = outcome
    }

    /// A row about the fields of a request.
    static func request(
        _ claim: String, _ section: String, _ fields: [(String, String)], _ outcome: Outcome
    ) -> MustRow {
        MustRow(claim, section, .headers(1, fields), outcome: outcome)
    }

    /// A row about the fields of an answer to GET.
    static func answer(
        _ claim: String, _ section: String, _ fields: [(String, String)], _ outcome: Outcome
    ) -> MustRow {
        MustRow(
            claim, section, role: .client, .ask(.get, ends: true),
            .send(.headers(1, fields)), outcome: outcome)
    }
}

extension MustRow.Outcome {
    /// The request on stream 1 is taken.
    static func served(_ text: String = "GET /", ends: Bool = true) -> MustRow.Outcome {
        .happens([.request(1, text, ends: ends)])
    }
    static var ignored: MustRow.Outcome { .happens([]) }
    static var malformed: MustRow.Outcome { .stream(1, .protocolError) }
}
