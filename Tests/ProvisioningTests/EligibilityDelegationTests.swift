// SPDX-License-Identifier: Apache-2.0
import DNS
import FoundationEssentials
import Networking
import Registry
import TLS
import Testing

@testable import Provisioning

/// What is looked up for dns-01 and dns-persist-01.
@Suite struct EligibilityDelegationTests {
    private let zone = ChallengeZoneName(name("acme.edge.example"))
    private let shop = CertificateName("shop.example.com")!
    private let wildcard = CertificateName("*.shop.example.com")!
    private let account = "https://ca.example/acct/1"

    private func look<R>(
        _ records: [ResourceRecord], faults: [Question: EligibilityWorld.Fault] = [:],
        _ body: (EligibilityCheck) async -> R
    ) async throws -> R {
        let world = try await EligibilityWorld(records, faults: faults)
        let result = await body(world.check)
        await world.end()
        return result
    }

    private func report(
        _ records: [ResourceRecord], faults: [Question: EligibilityWorld.Fault] = [:]
    ) async throws -> DelegationReport {
        try await look(records, faults: faults) { await $0.report(on: zone.delegation(of: shop)) }
    }

    private var label: String { "\(zone.label(for: shop)).acme.edge.example" }

    @Test func `a CNAME to our label is a delegation, and one by way of others too`() async throws {
        let direct = try await report([record("_acme-challenge.shop.example.com 60 CNAME \(label)")]
        )
        #expect(direct.isInPlace && direct.trouble == nil)
        let along = try await report([
            record("_acme-challenge.shop.example.com 60 CNAME hop.example.net"),
            record("hop.example.net 60 CNAME \(label)"),
        ])
        #expect(along.isInPlace && along.found == ["hop.example.net", label])
    }

    @Test func `our own label is not asked about: there is nothing yet to be remembered`()
        async throws
    {
        let silent = Question(try #require(DNSName(label)), .cname)
        let found = try await report(
            [record("_acme-challenge.shop.example.com 60 CNAME \(label)")],
            faults: [silent: .serverFailure()])
        #expect(found.isInPlace && found.trouble == nil)
    }

    @Test func `another's label is no delegation, and the record to set is said`() async throws {
        let other = zone.label(for: try #require(CertificateName("other.example.com")))
        let wrong = try await report([
            record("_acme-challenge.shop.example.com 60 CNAME \(other).acme.edge.example")
        ])
        #expect(!wrong.isInPlace)
        #expect(wrong.advice.contains("Change it to: _acme-challenge.shop.example.com. CNAME"))
        let missing = try await report([])
        #expect(!missing.isInPlace && missing.found.isEmpty)
        #expect(
            missing.advice.contains("Add: _acme-challenge.shop.example.com. CNAME \(label)."))
    }

    @Test func `servers that fail are trouble, and no reason to change a record`() async throws {
        let question = Question(
            try #require(DNSName("_acme-challenge.shop.example.com")), .cname)
        let failing = try await report([], faults: [question: .serverFailure()])
        #expect(!failing.isInPlace && failing.trouble != nil)
        #expect(!failing.advice.contains("Add"))
    }

    /// RFC 8659 §4.3: `issuewild` decides for wildcards alone.
    @Test func `CAA is judged for a wildcard as for a wildcard`() async throws {
        let identity = CAAIdentity(
            issuer: "ca", domains: ["ca.example"], accountURI: nil, methods: ["dns-01"])
        let records = [
            record(#"shop.example.com 60 CAA 0 issue "ca.example""#),
            record(#"shop.example.com 60 CAA 0 issuewild ";""#),
        ]
        let (exact, wild) = try await look(records) { check in
            (
                await check.permission(of: shop, for: [identity]),
                await check.permission(of: wildcard, for: [identity])
            )
        }
        guard case .eligible(let eligible) = exact, case .ineligible(let why) = wild else {
            Issue.record("\(exact) \(wild)")
            return
        }
        #expect(eligible.permissions.map(\.methods) == [["dns-01"]])
        #expect(why.cause == .caaForbids && !why.cause.isAboutRouting)
        #expect(why.changes.first?.value.contains("issuewild") == true)
    }

    @Test(arguments: [
        ("ca.example; accounturi=https://ca.example/acct/1", true, false),
        ("CA.example;accounturi=https://ca.example/acct/1;policy=wildcard", true, true),
        ("ca.example; accounturi=https://ca.example/acct/1; policy=strange", true, false),
        ("ca.example; accounturi=https://ca.example/acct/1; persistUntil=4102444800", true, false),
        ("ca.example; accounturi=https://ca.example/acct/1; persistUntil=946684800", false, false),
        ("ca.example; accounturi=https://ca.example/acct/1; persistUntil=soon", false, false),
        ("ca.example; accounturi=https://ca.example/acct/2", false, false),
        ("ca.example", false, false),
        ("other.example; accounturi=https://ca.example/acct/1", false, false),
        ("= ; ;; accounturi", false, false),
    ])
    func `a standing permission names the CA, our account, and a time that is not over`(
        text: String, exact: Bool, wild: Bool
    ) async throws {
        let identity = CAAIdentity(
            issuer: "ca", domains: ["ca.example"], accountURI: account, methods: [])
        let owner = try #require(DNSName("_validation-persist.shop.example.com"))
        let records = [ResourceRecord(owner, ttl: 60, .txt([Array(text.utf8)]))]
        let (one, all) = try await look(records) { check in
            (
                await check.persistence(of: shop, for: [identity]),
                await check.persistence(of: wildcard, for: [identity])
            )
        }
        #expect(one.isInPlace == exact && all.isInPlace == wild)
        #expect(one.found == [text] && one.owner == "_validation-persist.shop.example.com")
        #expect(one.expected == ["ca.example; accounturi=\(account)"])
        #expect(all.expected == ["ca.example; accounturi=\(account); policy=wildcard"])
    }
}
