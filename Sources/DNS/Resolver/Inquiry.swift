// SPDX-License-Identifier: Apache-2.0

/// One question in the form in which it goes to one server, and the judge of what comes back.
///
/// A forger who does not see the query has to guess the id, the source port (the kernel's choice)
/// and the case of each letter of the name.
struct Inquiry {
    let usesEDNS: Bool
    private let id: UInt16
    private var question: Question

    enum Verdict {
        case answer(Message)
        /// The question came back in another case: acceptable over TCP only.
        case caseChanged
        /// From the server as far as one can tell, and broken.
        case malformed(MessageError)
        /// An answer to something else, or a forgery.
        case notOurs
        /// Cut off: acceptable over TCP only.
        case truncated
    }

    init(
        _ question: Question, _ spelling: Spelling, usesEDNS: Bool,
        using random: inout some RandomNumberGenerator
    ) {
        self.usesEDNS = usesEDNS
        id = UInt16.random(in: .min ... .max, using: &random)
        self.question = question
        switch spelling {
        case .mixed: self.question.name = question.name.mixingCase(using: &random)
        case .plain: self.question.name = question.name.lowercased
        }
    }

    /// How the letters of the name are written.
    enum Spelling {
        case mixed
        /// All in lower case.
        case plain
    }

    /// The query's wire form.
    var bytes: [UInt8] {
        Message(
            MessageHeader(id: id, recursionDesired: true), questions: [question],
            edns: usesEDNS ? EDNS(payloadSize: Self.payloadSize) : nil
        ).bytes
    }

    func judge(_ bytes: [UInt8], over transport: DNSTransport) -> Verdict {
        guard let opening = try? MessageOpening(bytes), opening.header.id == id,
            opening.header.isResponse, opening.header.opcode == 0
        else { return .notOurs }
        guard opening.questions == [question] || isBareError(opening) else { return .notOurs }
        if transport == .udp {
            if opening.header.isTruncated { return .truncated }
            let echoed = opening.questions.first?.name.wire ?? question.name.wire
            if echoed != question.name.wire { return .caseChanged }
        }
        do { return .answer(try Message(bytes)) } catch { return .malformed(error) }
    }

    /// Servers that refuse a query often leave the question out.
    private func isBareError(_ opening: MessageOpening) -> Bool {
        let isAnswer = [.noError, .nameError].contains(opening.header.responseCode)
        return opening.questions.isEmpty && !isAnswer
    }

    /// What fits through any path unfragmented (DNS flag day 2020).
    static let payloadSize: UInt16 = 1232
}
