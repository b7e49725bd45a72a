// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import DNS

@Suite struct ChallengeZoneTests {
    private static let apex = DNSName("acme.edge.example")!
    private static let label = DNSName("klgfu3fv7uear4c5i6kd7xrtfs.acme.edge.example")!

    private static func zone(_ servers: [String] = ["ns1.acme.edge.example"]) -> ChallengeZone {
        ChallengeZone(
            apex: apex, servers: servers.map { DNSName($0)! },
            addresses: [IPAddress("192.0.2.53")!, IPAddress("2001:db8::53")!], serial: 7)
    }

    private func ask(
        _ name: String, _ type: RecordType, of zone: ChallengeZone = zone(), class: UInt16 = 1,
        over transport: DNSTransport = .udp, edns: EDNS? = EDNS(payloadSize: 4096)
    ) throws -> Message {
        let query = Message(
            MessageHeader(id: 0x4711, recursionDesired: true),
            questions: [Question(DNSName(name)!, type, recordClass: `class`)], edns: edns)
        let response = try #require(zone.answer(to: query.bytes, over: transport))
        let message = try Message(response)
        #expect(message.header.id == 0x4711 && message.header.isResponse)
        #expect(message.header.recursionDesired && !message.header.recursionAvailable)
        return message
    }

    /// RFC 2308 §2 and §3: a denial carries the SOA, whose TTL is the negative TTL.
    @Test(arguments: [
        ("acme.edge.example", RecordType.soa, ResponseCode.noError, 1),
        ("acme.edge.example", .ns, .noError, 1),
        ("acme.edge.example", .txt, .noError, 0),
        ("acme.edge.example", .a, .noError, 0),
        ("ns1.acme.edge.example", .a, .noError, 1),
        ("ns1.acme.edge.example", .aaaa, .noError, 1),
        ("ns1.acme.edge.example", .txt, .noError, 0),
        ("klgfu3fv7uear4c5i6kd7xrtfs.acme.edge.example", .txt, .noError, 1),
        ("klgfu3fv7uear4c5i6kd7xrtfs.acme.edge.example", .cname, .noError, 0),
        ("nobody.acme.edge.example", .txt, .nameError, 0),
        ("below.klgfu3fv7uear4c5i6kd7xrtfs.acme.edge.example", .txt, .nameError, 0),
    ])
    func `each name has what it has, with authority`(
        name: String, type: RecordType, code: ResponseCode, count: Int
    ) throws {
        var zone = Self.zone()
        try zone.add("proof", at: Self.label)
        let message = try ask(name, type, of: zone)
        #expect(message.responseCode == code)
        #expect(message.header.isAuthoritative && !message.header.isTruncated)
        #expect(message.answers.count == count)
        #expect(message.answers.allSatisfy { $0.type == type })
        guard count == 0 else { return #expect(message.authorities.isEmpty) }
        let start = try #require(message.authorities.first)
        guard case .soa(let soa) = start.data else {
            Issue.record("\(start)")
            return
        }
        #expect(start.name == Self.apex && start.ttl == soa.minimum && soa.minimum <= 60)
    }

    @Test func `it is no open resolver, and hands nobody the whole zone`() throws {
        for name in ["edge.example", "www.example.org", ".", "acme.edge.example.org"] {
            let message = try ask(name, .a)
            #expect(message.responseCode == .refused && !message.header.isAuthoritative)
            #expect(message.answers.isEmpty && message.authorities.isEmpty)
        }
        #expect(try ask("acme.edge.example", .axfr, over: .tcp).responseCode == .refused)
        #expect(try ask("acme.edge.example", .ixfr).responseCode == .refused)
        #expect(try ask("acme.edge.example", .soa, class: 3).responseCode == .refused)
    }

    @Test func `a name exists while a challenge is shown, two of them at once too`() throws {
        var zone = Self.zone()
        #expect(try ask(Self.label.description, .txt, of: zone).responseCode == .nameError)
        try zone.add("one", at: Self.label)
        try zone.add("two", at: Self.label)
        try zone.add("two", at: Self.label)
        #expect(try ask(Self.label.description, .txt, of: zone).answers.count == 2)
        zone.remove("one", at: Self.label)
        zone.remove("one", at: Self.label)
        let left = try ask(Self.label.description, .txt, of: zone).answers
        #expect(left.map(\.data) == [.txt([Array("two".utf8)])])
        zone.remove("two", at: Self.label)
        #expect(try ask(Self.label.description, .txt, of: zone).responseCode == .nameError)
    }

    @Test func `each change is a later serial`() throws {
        var zone = Self.zone()
        func serial() throws -> UInt32 {
            let answers = try ask("acme.edge.example", .soa, of: zone).answers
            guard case .soa(let soa)? = answers.first?.data else { return 0 }
            return soa.serial
        }
        #expect(try serial() == 7)
        try zone.add("one", at: Self.label)
        #expect(try serial() == 8)
        zone.remove("one", at: Self.label)
        #expect(try serial() == 9)
    }

    /// RFC 8482 §4.2.
    @Test func `a question for everything gets next to nothing`() throws {
        let message = try ask("acme.edge.example", .any)
        #expect(message.answers.map(\.type) == [.hinfo])
        #expect(try ask("nobody.acme.edge.example", .any).responseCode == .nameError)
    }

    @Test func `the case of a question comes back`() throws {
        var zone = Self.zone()
        try zone.add("proof", at: Self.label)
        let spelling = "kLGFu3fV7uear4c5i6KD7xrtfs.ACME.edge.exaMPLe"
        let message = try ask(spelling, .txt, of: zone)
        #expect(message.questions.first?.name.wire == DNSName(spelling)?.wire)
        #expect(message.answers.first?.name.wire == DNSName(spelling)?.wire)
    }

    @Test func `servers within the zone come with their addresses`() throws {
        let within = try ask("acme.edge.example", .ns)
        #expect(within.additionals.map(\.type) == [.a, .aaaa])
        let outside = try ask("acme.edge.example", .ns, of: Self.zone(["ns1.edge.example"]))
        #expect(outside.answers.count == 1 && outside.additionals.isEmpty)
        // RFC 8020: what lies between exists.
        let deep = Self.zone(["ns.a.b.acme.edge.example"])
        #expect(try ask("b.acme.edge.example", .a, of: deep).responseCode == .noError)
        #expect(try ask("c.acme.edge.example", .a, of: deep).responseCode == .nameError)
    }

    @Test func `what fits no datagram is asked for over TCP`() throws {
        var zone = Self.zone()
        let text = String(repeating: "x", count: 43)
        for number in 10..<50 { try zone.add("\(text)\(number)", at: Self.label) }
        let name = Self.label.description
        let udp = try ask(name, .txt, of: zone)
        #expect(udp.header.isTruncated && udp.answers.isEmpty && udp.edns != nil)
        #expect(try ask(name, .txt, of: zone, over: .tcp).answers.count == 40)
        // Without EDNS 512 bytes are the limit (RFC 1035 §4.2.1).
        for number in 18..<50 { zone.remove("\(text)\(number)", at: Self.label) }
        #expect(try !ask(name, .txt, of: zone).header.isTruncated)
        #expect(try ask(name, .txt, of: zone, edns: nil).header.isTruncated)
    }

    @Test func `EDNS is answered with EDNS, an unknown version with BADVERS`() throws {
        var edns = EDNS(payloadSize: 4096)
        edns.flags = 0x8000
        let message = try ask("acme.edge.example", .soa, edns: edns)
        #expect(message.edns?.flags == 0x8000 && message.edns?.payloadSize == 1232)
        #expect(try ask("acme.edge.example", .soa, edns: nil).edns == nil)
        edns.version = 1
        #expect(try ask("acme.edge.example", .soa, edns: edns).responseCode == .badVersion)
    }

    @Test func `what is no query of one question is answered as such, or not at all`() throws {
        let zone = Self.zone()
        let question = Question(Self.apex, .soa)
        func code(_ message: Message) throws -> ResponseCode? {
            try zone.answer(to: message.bytes, over: .udp).map { try Message($0).responseCode }
        }
        for opcode: UInt8 in [1, 2, 4, 5, 6] {
            let message = Message(
                MessageHeader(id: 1, opcode: opcode), questions: [question])
            #expect(try code(message) == .notImplemented)
        }
        #expect(try code(Message(MessageHeader(id: 1))) == .formatError)
        #expect(
            try code(Message(MessageHeader(id: 1), questions: [question, question]))
                == .formatError)
        let response = Message(MessageHeader(id: 1, isResponse: true), questions: [question])
        #expect(try code(response) == nil)
        #expect(zone.answer(to: Array(response.bytes.prefix(11)), over: .udp) == nil)
    }

    @Test(arguments: 0..<4)
    func `no bytes are too strange to be answered or ignored`(seed: UInt64) throws {
        var zone = Self.zone()
        try zone.add("proof", at: Self.label)
        let query = Message(
            MessageHeader(id: 1), questions: [Question(Self.label, .txt)],
            edns: EDNS(payloadSize: 1232)
        ).bytes
        var random = SeededRandom(state: seed)
        for count in 0...query.count { check(zone, Array(query.prefix(count))) }
        for _ in 0..<5_000 {
            var bytes = query
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = .random(
                    in: .min ... .max, using: &random)
            }
            check(zone, bytes)
        }
    }

    private func check(_ zone: ChallengeZone, _ bytes: [UInt8]) {
        guard let answer = zone.answer(to: bytes, over: .udp) else { return }
        #expect(answer.count <= 1232, "\(bytes)")
        #expect((try? Message(answer)) != nil, "\(bytes)")
    }

    @Test func `records are bounded, for a name and in all`() throws {
        var zone = Self.zone()
        for number in 0..<ChallengeZone.textsPerNameMax {
            try zone.add("\(number)", at: Self.label)
        }
        #expect(throws: ChallengeZone.Failure.full(limit: ChallengeZone.textsPerNameMax)) {
            try zone.add("more", at: Self.label)
        }
        let others = ChallengeZone.textsMax - ChallengeZone.textsPerNameMax
        for number in 0..<others {
            try zone.add("x", at: try #require(DNSName("l\(number).acme.edge.example")))
        }
        let last = try #require(DNSName("last.acme.edge.example"))
        #expect(throws: ChallengeZone.Failure.full(limit: ChallengeZone.textsMax)) {
            try zone.add("x", at: last)
        }
        zone.remove("0", at: Self.label)
        try zone.add("x", at: last)
        let outside = try #require(DNSName("a.b.acme.edge.example"))
        #expect(throws: ChallengeZone.Failure.outside(outside)) { try zone.add("x", at: outside) }
    }
}
