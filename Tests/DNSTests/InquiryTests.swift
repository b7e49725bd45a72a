// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import DNS

@Suite struct InquiryTests {
    private let inquiry: Inquiry
    private let query: Message

    init() throws {
        var random = SeededRandom(state: 9)
        inquiry = Inquiry(
            Question(DNSName("shop.example.com")!, .a), .mixed, usesEDNS: true, using: &random)
        query = try Message(inquiry.bytes)
    }

    private func answer(_ change: (inout Message) -> Void = { _ in }) -> [UInt8] {
        var message = query
        message.header.isResponse = true
        change(&message)
        return message.bytes
    }

    @Test func `a query asks one question with recursion and a payload that fits any path`() {
        #expect(query.questions.count == 1)
        #expect(query.header.recursionDesired)
        #expect(query.edns?.payloadSize == 1232)
    }

    @Test func `ids and case differ from query to query`() throws {
        var random = SystemRandomNumberGenerator()
        let queries = try (0..<32).map { _ in
            try Message(
                Inquiry(query.questions[0], .mixed, usesEDNS: false, using: &random).bytes)
        }
        #expect(Set(queries.map(\.header.id)).count > 16)
        #expect(Set(queries.map(\.questions[0].name.wire)).count > 16)
    }

    @Test func `plain spelling is lower case`() throws {
        var random = SystemRandomNumberGenerator()
        let inquiry = Inquiry(query.questions[0], .plain, usesEDNS: false, using: &random)
        #expect(
            try Message(inquiry.bytes).questions[0].name.wire == DNSName("shop.example.com")!.wire)
    }

    @Test func `the answer to the question is accepted`() {
        guard case .answer = inquiry.judge(answer(), over: .udp) else {
            Issue.record("refused")
            return
        }
    }

    @Test(
        arguments: [
            { $0.header.id ^= 1 },
            { $0.header.isResponse = false },
            { $0.header.opcode = 5 },
            { $0.questions = [] },
            { $0.questions.append($0.questions[0]) },
            { $0.questions[0].type = .aaaa },
            { $0.questions[0].recordClass = 3 },
            { $0.questions[0].name = DNSName("shop.example.net")! },
        ] as [@Sendable (inout Message) -> Void])
    func `an answer to anything else is not ours`(change: @Sendable (inout Message) -> Void) {
        guard case .notOurs = inquiry.judge(answer(change), over: .udp) else {
            Issue.record("accepted")
            return
        }
    }

    @Test func `another case is accepted over TCP only`() {
        let mangled = answer {
            $0.questions[0].name = DNSName("SHOP.EXAMPLE.COM")!
        }
        guard case .caseChanged = inquiry.judge(mangled, over: .udp),
            case .answer = inquiry.judge(mangled, over: .tcp)
        else {
            Issue.record("judged otherwise")
            return
        }
    }

    @Test func `a cut answer is known by its flag, however it is cut`() {
        let whole = answer { $0.header.isTruncated = true }
        let question = 12 + query.questions[0].name.wire.count + 4
        for length in question...whole.count {
            guard case .truncated = inquiry.judge(Array(whole.prefix(length)), over: .udp) else {
                Issue.record("judged otherwise")
                return
            }
        }
    }

    @Test func `an error may come without the question`() {
        let bare = answer {
            $0.questions = []
            $0.header.responseCode = .refused
        }
        guard case .answer = inquiry.judge(bare, over: .udp) else {
            Issue.record("refused")
            return
        }
    }

    @Test func `a broken answer from the server is malformed`() {
        guard case .malformed = inquiry.judge(answer() + [0], over: .udp) else {
            Issue.record("judged otherwise")
            return
        }
    }
}
