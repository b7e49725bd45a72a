// SPDX-License-Identifier: Apache-2.0
import DNS
import Networking
import TLS
import Testing

@testable import Provisioning

@Suite struct EligibilityTests {
    /// Our own records, under a zone each for us and for the customer.
    static let common = [
        "com 900 SOA ns.com", "example.com 900 SOA ns.example.com",
        "saas.example 900 SOA ns.saas.example",
        "domains.saas.example 60 A 192.0.2.1", "domains.saas.example 60 A 192.0.2.2",
        "domains.saas.example 60 AAAA 2001:db8::1",
    ].map(record)

    static let identity = CAAIdentity(
        issuer: "le", domains: ["letsencrypt.org"], accountURI: "https://ca.example/acct/7",
        methods: ["tls-alpn-01", "http-01"])

    struct Situation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var name = "shop.example.com"
        var records: [String] = []
        var faults: [Question: EligibilityWorld.Fault] = [:]
        let cause: Ineligibility.Cause?
        var changes: [String] = []
        var retryAfter: Duration?
        var says: [String] = []
        var timeout = Duration.seconds(6)
    }

    static func question(_ name: String, _ type: RecordType) -> Question {
        Question(DNSName(name)!, type)
    }

    /// `add shop.example.com. A 192.0.2.1` without its first word, as the advice has it.
    private func withoutVerb(_ change: String) -> String {
        String(change.drop { $0 != " " }.dropFirst())
    }

    static let routing: [Situation] = [
        Situation(
            testDescription: "a CNAME to the target",
            records: ["shop.example.com 300 CNAME domains.saas.example"], cause: nil),
        Situation(
            testDescription: "a CNAME in another case",
            records: ["shop.example.com 300 CNAME Domains.SaaS.Example"], cause: nil),
        Situation(
            testDescription: "a CNAME over another one",
            records: [
                "shop.example.com 300 CNAME lb.example.com",
                "lb.example.com 300 CNAME domains.saas.example",
            ], cause: nil),
        Situation(
            testDescription: "a CNAME elsewhere",
            records: [
                "shop.example.com 300 CNAME other.example.com",
                "other.example.com 60 A 203.0.113.9",
            ], cause: .wrongTarget,
            changes: ["change shop.example.com. CNAME domains.saas.example."],
            retryAfter: .seconds(300),
            says: ["shop.example.com is a CNAME for other.example.com, and not for domains"]),
        Situation(
            testDescription: "a CNAME to a name with a typing error",
            records: ["shop.example.com 300 CNAME domain.saas.example"], cause: .wrongTarget,
            changes: ["change shop.example.com. CNAME domains.saas.example."],
            retryAfter: .seconds(300), says: ["domain.saas.example, which does not exist"]),
        Situation(
            testDescription: "a loop",
            records: [
                "shop.example.com 300 CNAME a.example.com",
                "a.example.com 30 CNAME shop.example.com",
            ], cause: .loop, changes: ["change shop.example.com. CNAME domains.saas.example."],
            retryAfter: .seconds(30),
            says: ["for a.example.com, then shop.example.com: that is a loop"]),
        Situation(
            testDescription: "a loop that the resolver answers with SERVFAIL",
            records: [
                "shop.example.com 300 CNAME a.example.com",
                "a.example.com 30 CNAME shop.example.com",
            ],
            faults: [
                question("shop.example.com", .a): .serverFailure(),
                question("shop.example.com", .aaaa): .serverFailure(),
            ], cause: .loop, changes: ["change shop.example.com. CNAME domains.saas.example."],
            retryAfter: .seconds(30)),
        Situation(
            testDescription: "a chain of more than ten",
            records: ["shop.example.com 300 CNAME a0.example.com"]
                + (0..<12).map { "a\($0).example.com 300 CNAME a\($0 + 1).example.com" },
            cause: .chainTooLong,
            changes: ["change shop.example.com. CNAME domains.saas.example."],
            retryAfter: .seconds(300)),
        Situation(
            testDescription: "no such name", cause: .notFound,
            changes: ["add shop.example.com. CNAME domains.saas.example."],
            retryAfter: .seconds(60),
            says: [
                "shop.example.com has no DNS record. "
                    + "Add: shop.example.com. CNAME domains.saas.example."
            ]),
        Situation(
            testDescription: "a name without records of use",
            records: ["x.shop.example.com 60 A 192.0.2.1"], cause: .noRecords,
            changes: ["add shop.example.com. CNAME domains.saas.example."],
            retryAfter: .seconds(60)),
        Situation(
            testDescription: "a zone that fails",
            faults: [
                question("shop.example.com", .cname): .serverFailure(),
                question("shop.example.com", .a): .serverFailure(),
                question("shop.example.com", .aaaa): .serverFailure(),
            ], cause: .serverFailure, says: ["DNS servers of shop.example.com fail"]),
        Situation(
            testDescription: "a zone whose signatures are wrong",
            faults: [
                question("shop.example.com", .cname): .serverFailure(),
                question("shop.example.com", .a): .serverFailure(
                    ExtendedError(code: 6, text: "no valid RRSIG")),
                question("shop.example.com", .aaaa): .serverFailure(),
            ], cause: .serverFailure, says: ["DNSSEC", "no valid RRSIG"]),
        Situation(
            testDescription: "a failure for AAAA only",
            records: ["shop.example.com 300 A 192.0.2.1"],
            faults: [question("shop.example.com", .aaaa): .serverFailure()],
            cause: .serverFailure, says: ["AAAA"]),
        Situation(
            testDescription: "an apex by our addresses", name: "example.com",
            records: ["example.com 300 A 192.0.2.1", "example.com 300 AAAA 2001:db8::1"], cause: nil
        ),
        Situation(
            testDescription: "an apex by one of our addresses", name: "example.com",
            records: ["example.com 300 A 192.0.2.2"], cause: nil),
        Situation(
            testDescription: "an apex without addresses", name: "example.com", cause: .noRecords,
            changes: [
                "add example.com. A 192.0.2.1", "add example.com. A 192.0.2.2",
                "add example.com. AAAA 2001:db8::1",
            ], retryAfter: .seconds(60)),
        Situation(
            testDescription: "an apex at somebody else's", name: "example.com",
            records: ["example.com 120 A 203.0.113.9"], cause: .wrongAddress,
            changes: [
                "change example.com. A 192.0.2.1", "change example.com. A 192.0.2.2",
                "change example.com. AAAA 2001:db8::1",
            ], retryAfter: .seconds(120), says: ["203.0.113.9"]),
        Situation(
            testDescription: "an apex that is not registered", name: "unregistered.com",
            cause: .notFound,
            changes: [
                "add unregistered.com. A 192.0.2.1", "add unregistered.com. A 192.0.2.2",
                "add unregistered.com. AAAA 2001:db8::1",
            ], retryAfter: .seconds(60)),
        Situation(
            testDescription: "a name by its addresses at somebody else's",
            records: ["shop.example.com 300 A 203.0.113.9"], cause: .wrongAddress,
            changes: [
                "remove shop.example.com. A 203.0.113.9",
                "add shop.example.com. CNAME domains.saas.example.",
            ], retryAfter: .seconds(300)),
        Situation(
            testDescription: "a stray A",
            records: ["shop.example.com 300 A 192.0.2.1", "shop.example.com 300 A 203.0.113.9"],
            cause: .strayAddress, changes: ["remove shop.example.com. A 203.0.113.9"],
            retryAfter: .seconds(300)),
        Situation(
            testDescription: "a stray AAAA", name: "example.com",
            records: ["example.com 300 A 192.0.2.1", "example.com 30 AAAA 2001:db8:dead::1"],
            cause: .strayAddress, changes: ["remove example.com. AAAA 2001:db8:dead::1"],
            retryAfter: .seconds(30),
            says: ["points at us and also at 2001:db8:dead::1, which is not ours. Remove: "]),
        Situation(
            testDescription: "a flattened CNAME",
            records: [
                "shop.example.com 300 A 192.0.2.1", "shop.example.com 300 A 192.0.2.2",
                "shop.example.com 300 AAAA 2001:db8::1",
            ], cause: nil),
        Situation(
            testDescription: "a CNAME elsewhere that ends at our addresses",
            records: [
                "shop.example.com 300 CNAME alias.example.com", "alias.example.com 300 A 192.0.2.1",
            ], cause: nil),
        Situation(
            testDescription: "a truncated answer",
            records: ["shop.example.com 300 CNAME domains.saas.example"],
            faults: [
                question("shop.example.com", .cname): .truncated,
                question("shop.example.com", .a): .truncated,
                question("shop.example.com", .caa): .truncated,
            ], cause: nil),
        Situation(
            testDescription: "a silent resolver",
            faults: [
                question("shop.example.com", .cname): .silent,
                question("shop.example.com", .a): .silent,
                question("shop.example.com", .aaaa): .silent,
            ], cause: .noAnswer, says: ["nothing has to be changed"], timeout: .seconds(3)),
        Situation(
            testDescription: "a resolver that refuses",
            faults: [
                question("shop.example.com", .cname): .refused,
                question("shop.example.com", .a): .refused,
                question("shop.example.com", .aaaa): .refused,
            ], cause: .resolverFailure),
        Situation(
            testDescription: "a lame resolver",
            faults: [
                question("shop.example.com", .cname): .referral,
                question("shop.example.com", .a): .referral,
                question("shop.example.com", .aaaa): .referral,
            ], cause: .resolverFailure, says: ["only refers to others"]),
        Situation(
            testDescription: "a target whose AAAA nobody answers for", name: "example.com",
            records: ["example.com 300 AAAA 2001:db8::1"],
            faults: [question("domains.saas.example", .aaaa): .silent], cause: .noAnswer,
            says: ["domains.saas.example AAAA"], timeout: .seconds(3)),
        Situation(
            testDescription: "a target whose zone fails", name: "example.com",
            records: ["example.com 300 AAAA 2001:db8::1"],
            faults: [question("domains.saas.example", .aaaa): .serverFailure()],
            cause: .targetUnresolved),
        Situation(testDescription: "the target itself", name: "domains.saas.example", cause: nil),
    ]

    static let authorization: [Situation] = [
        Situation(
            testDescription: "CAA for us at the parent",
            records: [#"example.com 300 CAA 0 issue "letsencrypt.org""#], cause: nil),
        Situation(
            testDescription: "CAA for another CA",
            records: [#"example.com 300 CAA 0 issue "digicert.com""#], cause: .caaForbids,
            changes: [#"add example.com. CAA 0 issue "letsencrypt.org""#],
            retryAfter: .seconds(300),
            says: [
                "CAA record of example.com, which holds for shop.example.com,",
                "only digicert.com",
            ]),
        Situation(
            testDescription: "CAA for nobody",
            records: [#"com 300 CAA 0 issue ";""#], cause: .caaForbids,
            changes: [#"add com. CAA 0 issue "letsencrypt.org""#], retryAfter: .seconds(300),
            says: ["lets nobody issue"]),
        Situation(
            testDescription: "CAA of the target, which the CNAME leads to",
            records: [
                #"domains.saas.example 60 CAA 0 issue "letsencrypt.org""#,
                #"example.com 300 CAA 0 issue "digicert.com""#,
            ], cause: nil),
        Situation(
            testDescription: "CAA for another account",
            records: [
                #"example.com 300 CAA 0 issue "letsencrypt.org; accounturi=https://ca.example/acct/8""#
            ],
            cause: .caaAccount,
            changes: [
                #"add example.com. CAA 0 issue "letsencrypt.org; accounturi=https://ca.example/acct/7""#
            ], retryAfter: .seconds(300)),
        Situation(
            testDescription: "CAA for our account",
            records: [
                #"example.com 300 CAA 0 issue "letsencrypt.org;accounturi=https://ca.example/acct/7""#
            ],
            cause: nil),
        Situation(
            testDescription: "CAA for another method",
            records: [#"example.com 300 CAA 0 issue "letsencrypt.org; validationmethods=dns-01""#],
            cause: .caaMethod,
            changes: [
                #"add example.com. CAA 0 issue "letsencrypt.org; validationmethods=tls-alpn-01,http-01""#
            ], retryAfter: .seconds(300)),
        Situation(
            testDescription: "CAA with a critical property",
            records: [
                #"example.com 300 CAA 0 issue "letsencrypt.org""#,
                #"example.com 300 CAA 128 tbs "unknown""#,
            ], cause: .caaCritical, changes: [#"remove example.com. CAA 128 tbs "unknown""#],
            retryAfter: .seconds(300)),
        Situation(
            testDescription: "CAA servers that fail",
            faults: [question("example.com", .caa): .serverFailure()], cause: .caaServerFailure,
            says: ["DNS servers of example.com fail when asked for CAA"]),
        Situation(
            testDescription: "CAA below servers that fail",
            records: [#"example.com 300 CAA 0 issue "letsencrypt.org""#],
            faults: [question("com", .caa): .serverFailure()], cause: nil),
        Situation(
            testDescription: "CAA without an answer",
            faults: [question("example.com", .caa): .silent], cause: .noAnswer,
            timeout: .seconds(3)),
    ].map { situation in
        var situation = situation
        situation.records.append("shop.example.com 300 CNAME domains.saas.example")
        return situation
    }

    @Test(arguments: routing + authorization)
    func `each situation has its cause and its remedy`(situation: Situation) async throws {
        let world = try await EligibilityWorld(
            Self.common + situation.records.map(record), faults: situation.faults,
            timeout: situation.timeout)
        let eligibility = await world.check.eligibility(
            of: ServerName(situation.name)!, for: [Self.identity])
        await world.end()

        #expect(!eligibility.evidence.lines.isEmpty)
        guard case .ineligible(let found) = eligibility else {
            #expect(situation.cause == nil)
            return
        }
        #expect(found.cause == situation.cause, "\(found)")
        #expect(found.changes.map { "\($0.action.rawValue) \($0)" } == situation.changes)
        #expect(found.retryAfter == situation.retryAfter)
        for words in situation.says + situation.changes.map(withoutVerb) {
            #expect(found.advice.contains(words), "\(found.advice)")
        }
    }

    @Test func `a target without addresses is the operator's trouble`() async throws {
        let world = try await EligibilityWorld(
            ["example.com 900 SOA ns.example.com", "example.com 300 A 192.0.2.1"].map(record))
        let eligibility = await world.check.eligibility(of: ServerName("example.com")!, for: [])
        let itself = await world.check.eligibility(of: EligibilityWorld.target, for: [])
        await world.end()
        for eligibility in [eligibility, itself] {
            guard case .ineligible(let found) = eligibility else {
                Issue.record("\(eligibility)")
                return
            }
            #expect(found.cause == .targetUnresolved)
            #expect(found.cause.blame == .operator)
        }
    }

    @Test func `one permitted issuer of several is enough`() async throws {
        let world = try await EligibilityWorld(
            Self.common
                + [
                    "shop.example.com 300 CNAME domains.saas.example",
                    #"example.com 300 CAA 0 issue "letsencrypt.org; validationmethods=http-01""#,
                ].map(record))
        let other = CAAIdentity(
            issuer: "zero", domains: ["sectigo.com"], accountURI: nil, methods: ["http-01"])
        let eligibility = await world.check.eligibility(
            of: ServerName("shop.example.com")!, for: [other, Self.identity])
        await world.end()
        guard case .eligible(let eligible) = eligibility else {
            Issue.record("\(eligibility)")
            return
        }
        #expect(eligible.route == .alias)
        #expect(eligible.permissions == [CAAPermission(issuer: "le", methods: ["http-01"])])
    }

    @Test func `an issuer that CAA does not concern is asked nothing`() async throws {
        let world = try await EligibilityWorld(
            Self.common + [record("shop.example.com 300 CNAME domains.saas.example")],
            faults: [Self.question("shop.example.com", .caa): .refused])
        let internalCA = CAAIdentity(issuer: "internal", domains: [], accountURI: nil, methods: [])
        let eligibility = await world.check.eligibility(
            of: ServerName("shop.example.com")!, for: [internalCA])
        await world.end()
        guard case .eligible = eligibility else {
            Issue.record("\(eligibility)")
            return
        }
        #expect(!eligibility.evidence.lines.contains { $0.contains(" CAA") })
    }
}
