// SPDX-License-Identifier: Apache-2.0
import DNS
import Testing

@testable import Provisioning

/// RFC 8659 §4 and RFC 8657, without lookups.
@Suite struct EligibilityCAATests {
    static let identity = CAAIdentity(
        issuer: "le", domains: ["letsencrypt.org", "CA.example"],
        accountURI: "https://ca.example/7",
        methods: ["tls-alpn-01", "http-01"])
    static let both = CAAPolicy.Verdict.permitted(methods: ["tls-alpn-01", "http-01"])

    static func caa(
        _ tag: String, _ value: String, flags: UInt8 = 0
    )
        -> CertificationAuthorityAuthorization
    {
        CertificationAuthorityAuthorization(flags: flags, tag: tag, value: value)
    }

    @Test(
        arguments: [
            // Only iodef, or only issuewild: everyone may issue for the name itself.
            ([caa("iodef", "mailto:a@b.example")], false, both),
            ([caa("issuewild", ";")], false, both),
            // issuewild decides for a wildcard when there is any, else issue.
            ([caa("issuewild", ";"), caa("issue", "ca.example")], true, .notNamed([])),
            ([caa("issue", "digicert.com")], true, .notNamed(["digicert.com"])),
            ([caa("issuewild", "ca.example"), caa("issue", ";")], true, both),
            ([caa("issuewild", "ca.example"), caa("issue", ";")], false, .notNamed([])),
            // Any of several may permit; tags and issuers in any case.
            ([caa("issue", ";"), caa("ISSUE", "LetsEncrypt.org")], false, both),
            // Critical and known is nothing special; critical and unknown is.
            ([caa("issue", "ca.example", flags: 128)], false, both),
            (
                [caa("issue", "ca.example"), caa("tbs", "x", flags: 128)], false,
                .critical(tag: "tbs")
            ),
            ([caa("issue", "ca.example"), caa("tbs", "x", flags: 127)], false, both),
            // Terms that nobody knows are passed over.
            ([caa("issue", "ca.example; policy=ev")], false, both),
            // RFC 8657: account and methods, each at most once.
            ([caa("issue", "ca.example; accounturi=https://ca.example/7")], false, both),
            (
                [caa("issue", "ca.example; validationmethods=dns-01,http-01")], false,
                .permitted(methods: ["http-01"])
            ),
            (
                [
                    caa("issue", "ca.example; validationmethods=http-01"),
                    caa("issue", "ca.example; validationmethods=tls-alpn-01"),
                ], false, both
            ),
            (
                [
                    caa(
                        "issue",
                        "ca.example; accounturi=https://ca.example/7; accounturi=https://ca.example/7"
                    )
                ],
                false,
                .account(
                    CAAIssuance(
                        issuer: "ca.example",
                        parameters: [.init(tag: "accounturi", value: "https://ca.example/7")]))
            ),
            (
                [caa("issue", "ca.example; validationmethods=dns-01")], false,
                .method(
                    CAAIssuance(
                        issuer: "ca.example",
                        parameters: [.init(tag: "validationmethods", value: "tls-alpn-01,http-01")])
                )
            ),
            (
                [
                    caa(
                        "issue",
                        "ca.example; accounturi=https://ca.example/8; validationmethods=http-01")
                ],
                false,
                .account(
                    CAAIssuance(
                        issuer: "ca.example",
                        parameters: [
                            .init(tag: "validationmethods", value: "http-01"),
                            .init(tag: "accounturi", value: "https://ca.example/7"),
                        ]))
            ),
            // The account of one property and the methods of another do not add up.
            (
                [
                    caa(
                        "issue",
                        "ca.example; accounturi=https://ca.example/8; validationmethods=http-01"),
                    caa("issue", "ca.example; validationmethods=dns-01"),
                ], false,
                .method(
                    CAAIssuance(
                        issuer: "ca.example",
                        parameters: [.init(tag: "validationmethods", value: "tls-alpn-01,http-01")])
                )
            ),
            ([caa("issue", "ca.example; broken")], false, .notNamed([])),
        ] as [([CertificationAuthorityAuthorization], Bool, CAAPolicy.Verdict)])
    func `records permit or forbid`(
        records: [CertificationAuthorityAuthorization], isWildcard: Bool, verdict: CAAPolicy.Verdict
    ) {
        let policy = CAAPolicy(records: records, isWildcard: isWildcard)
        #expect(policy.verdict(on: Self.identity) == verdict)
    }

    @Test func `a record for an account keeps out who has none yet`() {
        let policy = CAAPolicy(
            records: [Self.caa("issue", "ca.example; accounturi=https://ca.example/7")],
            isWildcard: false)
        var identity = Self.identity
        identity.accountURI = nil
        #expect(policy.verdict(on: identity) == .account(CAAIssuance(issuer: "ca.example")))
    }

    @Test func `causes keep their names`() {
        #expect(
            Ineligibility.Cause.allCases.map(\.rawValue) == [
                "caa_account", "caa_critical", "caa_forbids", "caa_method", "caa_server_failure",
                "chain_too_long", "loop", "no_answer", "no_records", "not_found",
                "resolver_failure", "server_failure", "stray_address", "target_unresolved",
                "wrong_address", "wrong_target",
            ])
    }
}
