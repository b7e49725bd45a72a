// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import Provisioning
import Synchronization
import TLS
import Testing

/// Which issuer is asked next, and what is left of their errors.
@Suite struct IssuerSequenceTests {
    static let rateLimited = ACMEErrorClass.rateLimited(retryAfter: .seconds(60))

    /// Errors in order, nil for an issuer that issues; how many are asked.
    static let decisions: [([ACMEErrorClass?], Int)] = [
        ([nil, nil], 1),
        ([.outage, nil], 2),
        ([rateLimited, nil], 2),
        ([.account, nil], 2),
        ([.refused, nil], 2),
        ([.validation, nil], 1),
        ([.local, nil], 1),
        ([.outage, rateLimited, .account, nil], 4),
        ([.outage, .validation, nil], 2),
        ([.outage, .outage], 2),
    ]

    @Test(arguments: decisions)
    func `the next issuer is asked when the error allows`(
        errors: [ACMEErrorClass?], asked: Int
    ) async throws {
        let issuers = errors.enumerated().map { AnsweringIssuer("ca\($0)", $1) }
        let sequence = IssuerSequence(issuers)
        let request = IssuanceRequest(names: [CertificateName("a.example")!])
        if errors[asked - 1] == nil {
            let issued = try await sequence.issue(request)
            #expect(issued.issuer == "ca\(asked - 1)")
        } else {
            let failure = await #expect(throws: IssuanceFailure.self) {
                _ = try await sequence.issue(request)
            }
            #expect(failure?.errors.map(\.class) == errors.prefix(asked).map { $0! })
            #expect(failure?.errors.map(\.issuer) == (0..<asked).map { "ca\($0)" })
        }
        #expect(issuers.map(\.asked) == errors.indices.map { $0 < asked ? 1 : 0 })
    }

    /// What the failure as a whole comes to.
    static let verdicts: [([ACMEErrorClass], ACMEErrorClass)] = [
        ([.validation], .validation),
        ([.outage, .validation], .validation),
        ([.outage, .local], .local),
        ([.outage, .outage], .outage),
        ([rateLimited, .outage], .outage),
        ([.outage, rateLimited], .outage),
        (
            [rateLimited, .rateLimited(retryAfter: .seconds(9))],
            .rateLimited(retryAfter: .seconds(9))
        ),
        ([rateLimited, .refused], rateLimited),
        ([.account], .account),
        ([.rateLimited(retryAfter: nil)], .rateLimited(retryAfter: nil)),
        ([], .local),
    ]

    @Test(arguments: verdicts)
    func `a failure is of the class that decides when to try again`(
        errors: [ACMEErrorClass], expected: ACMEErrorClass
    ) {
        let failure = IssuanceFailure(
            errors: errors.map { IssuerError(issuer: "ca", class: $0, underlying: Said("no")) })
        #expect(failure.class == expected)
    }

    @Test func `every issuer's own words are kept`() async throws {
        let sequence = IssuerSequence([
            AnsweringIssuer("first", .outage), AnsweringIssuer("second", .refused),
        ])
        let failure = await #expect(throws: IssuanceFailure.self) {
            _ = try await sequence.issue(IssuanceRequest(names: [CertificateName("a.example")!]))
        }
        #expect(failure?.description == "first: first says no; second: second says no")
    }

    @Test func `issuers that may not be asked are passed over`() async throws {
        let first = AnsweringIssuer("first", nil)
        let sequence = IssuerSequence([first, AnsweringIssuer("second", nil)])
        let aExample = try #require(CertificateName("a.example"))
        let request = IssuanceRequest(
            names: [aExample],
            permissions: [aExample: [CAAPermission(issuer: "second", methods: [])]])
        let issued = try await sequence.issue(request)
        #expect(issued.issuer == "second")
        #expect(first.asked == 0)
        let nobody = IssuanceRequest(names: [aExample], permissions: [aExample: []])
        await #expect(throws: IssuanceFailure.self) { _ = try await sequence.issue(nobody) }
    }

    @Test func `an issuer is found by the name that metadata keeps`() {
        let sequence = IssuerSequence([
            AnsweringIssuer("first", nil), AnsweringIssuer("second", nil),
        ])
        #expect(sequence["second"]?.name == "second")
        #expect(sequence["third"] == nil)
    }
}

/// Issues, or fails in one way.
private final class AnsweringIssuer: Issuer {
    let name: String
    private let error: ACMEErrorClass?
    private let count = Mutex(0)

    init(_ name: String, _ error: ACMEErrorClass?) {
        self.name = name
        self.error = error
    }

    var asked: Int { count.withLock { $0 } }

    func identity() async throws(IssuerError) -> CAAIdentity {
        CAAIdentity(issuer: name, domains: [], accountURI: nil, methods: [])
    }

    func issue(_ request: IssuanceRequest) async throws(IssuerError) -> IssuedCertificate {
        count.withLock { $0 += 1 }
        if let error {
            throw IssuerError(issuer: name, class: error, underlying: Said("\(name) says no"))
        }
        let key = try! PrivateKey.generate(.p256)
        let validity = Date.now..<Date.now.addingTimeInterval(60)
        let authority = try! CertificateAuthority.create(
            commonName: name, validity: validity)
        let chain = try! authority.issue(
            names: request.names, key: key,
            validity: validity)
        return IssuedCertificate(chain: chain, key: key, issuer: name)
    }

    func renewalInfo(for certificate: Certificate) async throws(IssuerError) -> RenewalInfo? { nil }

    func revoke(
        _ certificate: Certificate, because reason: RevocationReason
    ) async throws(IssuerError) {}
}

private struct Said: Error, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = text }
}
