// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import DNS

@Suite struct MessageTests {
    /// A response with every type, compressed names, and EDNS with an option.
    static let response: Message = {
        let name = DNSName("shop.example.com")!
        let target = DNSName("domains.saas.example")!
        var edns = EDNS(payloadSize: 1232)
        edns.options = [ExtendedError(code: 6, text: "bogus").option]
        let soa = StartOfAuthority(
            primaryServer: DNSName("ns.example.com")!, mailbox: DNSName("host.example.com")!,
            serial: 7, minimum: 60)
        return Message(
            MessageHeader(
                id: 0xbeef, isResponse: true, isAuthoritative: true, recursionDesired: true,
                recursionAvailable: true),
            questions: [Question(name, .a)],
            answers: [
                ResourceRecord(name, ttl: 300, .cname(target)),
                ResourceRecord(target, ttl: 60, .address(IPAddress("192.0.2.1")!)),
                ResourceRecord(target, ttl: 60, .address(IPAddress("2001:db8::1")!)),
                ResourceRecord(target, ttl: 60, .caa(.init(tag: "issue", value: "ca.example"))),
                ResourceRecord(target, ttl: 60, .txt([Array("one".utf8), []])),
                ResourceRecord(DNSName("old.example.com")!, ttl: 60, .dname(target)),
                ResourceRecord(name, ttl: 60, .opaque(RecordType(rawValue: 65), [1, 2, 3])),
            ],
            authorities: [
                ResourceRecord(DNSName("example.com")!, ttl: 900, .soa(soa)),
                ResourceRecord(DNSName("example.com")!, ttl: 900, .ns(soa.primaryServer)),
            ],
            additionals: [
                ResourceRecord(name, ttl: 0, .opaque(.a, [9]), recordClass: 3)
            ],
            edns: edns)
    }()

    /// The answer of a real resolver, by hand: `a.io A`, a CNAME by pointer, an address.
    static let handMade: [UInt8] =
        [0x12, 0x34, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]
        + [1, 0x61, 2, 0x69, 0x6f, 0, 0, 1, 0, 1]
        + [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 0x62, 0xc0, 14]
        + [0xc0, 34, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 192, 0, 2, 9]

    @Test func `a message reads back as it was written`() throws {
        #expect(try Message(Self.response.bytes) == Self.response)
    }

    @Test func `names share their ends`() {
        // Three names below example.com and two of the target: written out, they would not fit.
        #expect(Self.response.bytes.count < 330)
        let ends = Self.response.bytes.indices.filter {
            Self.response.bytes[$0...].starts(with: Array("\u{7}example\u{3}com".utf8))
        }
        #expect(ends.count == 1)
    }

    @Test func `pointers are followed`() throws {
        let message = try Message(Self.handMade)
        #expect(message.header.recursionAvailable)
        #expect(
            message.answers.map(\.description) == ["a.io. 60 CNAME b.io.", "b.io. 30 A 192.0.2.9"])
    }

    @Test(arguments: [handMade, response.bytes])
    func `a message cut anywhere is an error`(bytes: [UInt8]) {
        for length in bytes.indices {
            #expect(throws: MessageError.self) { try Message(Array(bytes.prefix(length))) }
        }
    }

    @Test func `bytes after the last record are an error`() {
        #expect(throws: MessageError.trailingBytes(2)) { try Message(Self.handMade + [0, 0]) }
    }

    @Test(arguments: [UInt8(0xff), 0x80, 0x01])
    func `counts that no message could hold are an error`(count: UInt8) {
        for index in [4, 6, 8, 10] {
            var bytes = Self.handMade
            bytes[index] = count
            #expect(throws: MessageError.self) { try Message(bytes) }
        }
    }

    static func question(_ name: [UInt8]) -> [UInt8] {
        [0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0] + name + [0, 1, 0, 1]
    }

    @Test(
        arguments: [
            ("itself", [0xc0, 12], MessageError.badPointer),
            ("forward", [0xc0, 14, 1, 0x61, 0], .badPointer),
            ("the header", [0xc0, 0], .badPointer),
            ("past the end", [0xff, 0xff], .badPointer),
            ("a label before it", [1, 0x61, 0xc0, 12], .badPointer),
            ("half a pointer's place", [1, 0x61, 0xc0, 14], .badPointer),
            ("an old kind of label", [0x41, 1, 0], .badLabel),
            ("a reserved kind of label", [0x80, 1, 0], .badLabel),
            (
                "256 bytes",
                (Array(repeating: [63] + Array(repeating: 0x61, count: 63), count: 4).flatMap(
                    \.self)) + [0],
                .nameTooLong
            ),
        ] as [(String, [UInt8], MessageError)])
    func `a hostile name is an error`(kind: String, name: [UInt8], error: MessageError) {
        #expect(throws: error) { try Message(Self.question(name)) }
    }

    @Test func `two pointers at each other are an error`() {
        let bytes: [UInt8] =
            [0, 1, 0x80, 0, 0, 2, 0, 0, 0, 0, 0, 0]
            + [1, 0x61, 0xc0, 20, 0, 1, 0, 1] + [1, 0x62, 0xc0, 12, 0, 1, 0, 1]
        #expect(throws: MessageError.badPointer) { try Message(bytes) }
    }

    @Test func `a name as long as a message of pointers costs no more than a name`() throws {
        // Each question points at the one before it: a chain of pointers through the message.
        var bytes: [UInt8] = [0, 1, 0x80, 0, 0x04, 0, 0, 0, 0, 0, 0, 0]
        bytes += [1, 0x61, 0, 0, 1, 0, 1]
        for index in 1..<1024 {
            let last = index == 1 ? 12 : 19 + (index - 2) * 6
            bytes += [0xc0 | UInt8(last >> 8), UInt8(last & 0xff), 0, 1, 0, 1]
        }
        let message = try Message(bytes)
        #expect(message.questions.count == 1024)
        #expect(message.questions.allSatisfy { $0.name == DNSName("a") })
    }

    static func record(_ type: UInt16, _ data: [UInt8]) -> [UInt8] {
        [0, 1, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, UInt8(type >> 8), UInt8(type & 0xff)]
            + [0, 1, 0, 0, 0, 1, UInt8(data.count >> 8), UInt8(data.count & 0xff)] + data
    }

    @Test(
        arguments: [
            (1, [1, 2, 3]), (1, [1, 2, 3, 4, 5]), (28, [1, 2, 3, 4]), (5, [1, 0x61, 0, 9]), (5, []),
            (6, [0, 0]), (16, [5, 1]), (257, []), (257, [0]), (257, [0, 0, 1]), (257, [0, 9, 1]),
            (257, [0, 1, 0x2d]), (2, [0, 0]),
        ] as [(UInt16, [UInt8])])
    func `data that does not have the form of its type is an error`(type: UInt16, data: [UInt8]) {
        #expect(throws: MessageError.self) { try Message(Self.record(type, data)) }
    }

    @Test func `a time to live with the top bit set is none`() throws {
        var bytes = Self.record(1, [192, 0, 2, 1])
        bytes[17] = 0x80
        #expect(try Message(bytes).answers.first?.ttl == 0)
    }

    @Test func `a second OPT record is an error`() {
        var message = Self.response
        message.additionals.append(EDNS(payloadSize: 512).record)
        #expect(throws: MessageError.badOption) { try Message(message.bytes) }
    }

    @Test func `EDNS extends the response code`() throws {
        var message = Message(MessageHeader(id: 1, isResponse: true), edns: EDNS(payloadSize: 512))
        message.edns?.extendedCode = 1
        #expect(try Message(message.bytes).responseCode == .badVersion)
    }

    @Test func `an extended error says what the server says`() throws {
        let error = try #require(try Message(Self.response.bytes).edns?.extendedError)
        #expect(error.description == "extended error 6: bogus")
        #expect(error.blamesDNSSEC)
    }

    @Test(arguments: 0..<16)
    func `mutated messages are read or refused, and never trap`(seed: UInt64) {
        var random = SeededRandom(state: seed &+ 1)
        for original in [Self.handMade, Self.response.bytes] {
            for _ in 0..<2000 {
                var bytes = original
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let index = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[index] = .random(in: 0...255, using: &random)
                    case 1: bytes[index] = 0xc0
                    case 2: bytes.insert(.random(in: 0...255, using: &random), at: index)
                    default: if bytes.count > 1 { bytes.remove(at: index) }
                    }
                }
                if let message = try? Message(bytes) {
                    // What is read has a form of its own that reads back the same.
                    #expect((try? Message(message.bytes)) == message)
                }
            }
        }
    }
}

/// Repeats for a seed: SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
