// SPDX-License-Identifier: Apache-2.0
import ACME
import DNS
import Networking
import Registry
import Synchronization
import TLS
import Testing

@testable import Provisioning

@Suite struct ChallengeZoneNameTests {
    private let zone = ChallengeZoneName(name("acme.edge.example"))

    /// base64.b32encode(hashlib.sha256(name).digest()).lower()[:26]
    @Test(arguments: [
        ("shop.customer.test", "klgfu3fv7uear4c5i6kd7xrtfs"),
        ("shop.example.com", "sulchitprmzyrabku5eqppqjc3"),
        ("*.example.com", "un42n5xov642kxrxrqiyanhcou"),
        ("example.com", "un42n5xov642kxrxrqiyanhcou"),
    ])
    func `a name's label is a digest of it, which its wildcard shares`(
        text: String, label: String
    ) throws {
        let name = try #require(CertificateName(text))
        #expect(zone.label(for: name) == label)
        let delegation = zone.delegation(of: name)
        #expect(delegation.from == "_acme-challenge.\(name.base)")
        #expect(delegation.to == "\(label).acme.edge.example")
        #expect("\(zone.owner(for: name))" == delegation.to)
        #expect(ChallengeZoneName.delegation(of: name, to: nil).to == nil)
    }

    @Test func `dns-01 is shown in the zone by whoever wrote it, and taken away again`()
        async throws
    {
        let edge = try await Edge()
        let (first, second) = (ScriptedZone(), ScriptedZone())
        let table = ChallengeTable(
            loops: edge.loops, zone: ChallengeZoneAnswers(zone, writer: first))
        let response = ChallengeResponse.dns01(name: name("shop.customer.test"), record: "proof")
        try await table.present(response)
        let record = "klgfu3fv7uear4c5i6kd7xrtfs.acme.edge.example proof"
        #expect(first.records == [record])
        await table.adopt(second)
        let later = ChallengeResponse.dns01(name: name("shop.customer.test"), record: "later")
        try await table.present(later)
        await table.withdraw(response)
        #expect(first.records.isEmpty && second.records.count == 1)
        await table.withdraw(later)
        #expect(second.records.isEmpty)
    }

    @Test func `a zone that cannot be written is an error, and counts for nothing`() async throws {
        let edge = try await Edge()
        let writer = ScriptedZone()
        writer.fail(true)
        let table = ChallengeTable(
            loops: edge.loops, zone: ChallengeZoneAnswers(zone, writer: writer))
        let response = ChallengeResponse.dns01(name: name("shop.customer.test"), record: "proof")
        for _ in 0...ChallengeTable.capacity {
            await #expect(throws: ScriptedZone.Failure.self) { try await table.present(response) }
        }
        writer.fail(false)
        try await table.present(response)
    }
}

/// A zone as a test says it is.
final class ScriptedZone: ChallengeZoneWriter {
    struct Failure: Error {}

    private let state = Mutex((records: Set<String>(), fails: false))

    var records: Set<String> { state.withLock { $0.records } }

    func fail(_ fails: Bool) { state.withLock { $0.fails = fails } }

    func add(_ text: String, at owner: DNSName) async throws {
        try state.withLock { state in
            if state.fails { throw Failure() }
            state.records.insert("\(owner) \(text)")
        }
    }

    func remove(_ text: String, at owner: DNSName) async {
        _ = state.withLock { $0.records.remove("\(owner) \(text)") }
    }
}
