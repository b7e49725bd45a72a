// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import DNS

@Suite struct CNAMEChainTests {
    static func response(
        _ answers: [ResourceRecord], _ code: ResponseCode = .noError,
        authorities: [ResourceRecord] = []
    ) -> Message {
        Message(
            MessageHeader(id: 0, isResponse: true, responseCode: code), answers: answers,
            authorities: authorities)
    }

    static func alias(_ owner: String, _ target: String) -> ResourceRecord {
        ResourceRecord(DNSName(owner)!, ttl: 60, .cname(DNSName(target)!))
    }

    static func soa(_ owner: String, ttl: UInt32, minimum: UInt32) -> ResourceRecord {
        let name = DNSName(owner)!
        return ResourceRecord(
            name, ttl: ttl,
            .soa(StartOfAuthority(primaryServer: name, mailbox: name, minimum: minimum)))
    }

    static let address = ResourceRecord(
        DNSName("c.example")!, ttl: 60, .address(IPAddress("192.0.2.1")!))

    @Test func `a whole chain comes in one answer, in any order`() {
        var chain = CNAMEChain(from: DNSName("a.example")!)
        let step = chain.receive(
            Self.response([
                Self.address, Self.alias("b.example", "c.example"),
                Self.alias("A.example", "b.example"),
            ]),
            type: .a)
        #expect(step == .finished(.records([Self.address])))
        #expect(chain.hops.map(\.target.description) == ["b.example", "c.example"])
        #expect(chain.passes(through: DNSName("B.EXAMPLE")!))
    }

    @Test func `a part of a chain asks for the rest`() {
        var chain = CNAMEChain(from: DNSName("a.example")!)
        #expect(
            chain.receive(Self.response([Self.alias("a.example", "c.example")]), type: .a)
                == .ask(DNSName("c.example")!))
        #expect(
            chain.receive(Self.response([Self.address]), type: .a)
                == .finished(.records([Self.address])))
    }

    @Test func `a name that does not exist still shows what led there`() {
        var chain = CNAMEChain(from: DNSName("a.example")!)
        let step = chain.receive(
            Self.response(
                [Self.alias("a.example", "gone.test")], .nameError,
                authorities: [Self.soa("test", ttl: 900, minimum: 60)]), type: .a)
        #expect(step == .finished(.nameError(.init(ttl: 60, zone: DNSName("test")!))))
        #expect(chain.passes(through: DNSName("gone.test")!))
    }

    @Test(arguments: [(900, 60, 60), (30, 60, 30)] as [(UInt32, UInt32, UInt32)])
    func `a denial holds for the lesser of two times`(
        ttl: UInt32, minimum: UInt32, expected: UInt32
    ) {
        var chain = CNAMEChain(from: DNSName("a.example")!)
        let step = chain.receive(
            Self.response([], authorities: [Self.soa("example", ttl: ttl, minimum: minimum)]),
            type: .a)
        #expect(step == .finished(.noData(.init(ttl: expected, zone: DNSName("example")!))))
    }

    @Test func `an SOA record of another zone says nothing`() {
        var chain = CNAMEChain(from: DNSName("a.example")!)
        let step = chain.receive(
            Self.response([], authorities: [Self.soa("evil.test", ttl: 9, minimum: 9)]), type: .a)
        #expect(step == .finished(.noData(.init())))
    }

    @Test(arguments: [
        ["a.example"], ["b.example", "a.example"], ["b.example", "c.example", "b.example"],
    ])
    func `a loop ends the chain`(targets: [String]) {
        var chain = CNAMEChain(from: DNSName("a.example")!)
        let owners = ["a.example"] + targets
        let records = zip(owners, targets).map(Self.alias)
        let step = chain.receive(Self.response(records), type: .a)
        #expect(step == .finished(.failure(.aliasLoop(DNSName(targets.last!)!))))
        #expect(chain.hops.count == targets.count)
    }

    @Test func `ten hops are followed, eleven are not`() {
        let records = (0..<10).map { Self.alias("n\($0).example", "n\($0 + 1).example") }
        let end = ResourceRecord(
            DNSName("n10.example")!, ttl: 60, .address(IPAddress("192.0.2.1")!))
        var chain = CNAMEChain(from: DNSName("n0.example")!)
        #expect(
            chain.receive(Self.response(records + [end]), type: .a) == .finished(.records([end])))
        var longer = CNAMEChain(from: DNSName("n.example")!)
        let first = Self.alias("n.example", "n0.example")
        #expect(
            longer.receive(Self.response([first] + records + [end]), type: .a)
                == .finished(.failure(.chainTooLong)))
    }

    @Test func `a DNAME rewrites also without the CNAME that should come along`() {
        var chain = CNAMEChain(from: DNSName("a.old.example")!)
        let step = chain.receive(
            Self.response([
                ResourceRecord(DNSName("old.example")!, ttl: 60, .dname(DNSName("new.example")!))
            ]), type: .a)
        #expect(step == .ask(DNSName("a.new.example")!))
    }

    @Test func `records of other names are not believed`() {
        var chain = CNAMEChain(from: DNSName("a.example")!)
        let stranger = ResourceRecord(
            DNSName("x.example")!, ttl: 60, .address(IPAddress("192.0.2.66")!))
        #expect(
            chain.receive(
                Self.response([stranger, Self.alias("y.example", "z.example")]), type: .a)
                == .finished(.noData(.init())))
    }

    @Test func `a question for CNAME ends at the first`() {
        var chain = CNAMEChain(from: DNSName("a.example")!)
        let records = [Self.alias("a.example", "b.example"), Self.alias("b.example", "c.example")]
        #expect(
            chain.receive(Self.response(records), type: .cname) == .finished(.records([records[0]]))
        )
    }
}
