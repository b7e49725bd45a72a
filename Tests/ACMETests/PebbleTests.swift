// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
import HTTP
import Networking
import TLS
import TestSupport
import Testing

/// Against Debian's pebble, a real CA, which validates by http-01 at pebble-challtestsrv.
@Suite(.enabled(if: Pebble.isInstalled, "Debian's pebble is not installed"))
struct PebbleTests {
    @Test func `20 names at once over one account, 15 % of nonces refused`() async throws {
        var options = Pebble.Options()
        options.nonceRejection = 15
        try await visit(options) { ca in
            let account = try await openAccount(ca.client)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let (ordered, key) = try await obtain(
                            ca.client, account: account, names: ["shop\(number).customer.test"],
                            presenter: ca, challenges: [.http01])
                        #expect(ordered.chain.leaf.matches(key))
                        #expect(
                            ordered.chain.leaf.covers(ServerName("shop\(number).customer.test")!))
                    }
                }
                try await group.waitForAll()
            }
            #expect(ca.pebble.orders == 20)
            #expect(ca.pebble.issued == 20)
        }
    }

    @Test func `one certificate for three names`() async throws {
        try await visit { ca in
            let names = ["a.customer.test", "b.customer.test", "c.customer.test"]
            let (ordered, _) = try await obtain(
                ca.client, names: names, presenter: ca,
                challenges: [.tlsALPN01, .http01].reversed())
            #expect(Set(ordered.chain.leaf.names.map(\.text)) == Set(names))
            #expect(!ordered.chain.intermediates.isEmpty)
        }
    }

    @Test func `an RSA account with an RSA certificate`() async throws {
        try await visit { ca in
            let account = try await ca.client.openAccount(
                AccountRequest(contact: ["mailto:ops@saas.test"], termsOfServiceAgreed: true),
                key: PrivateKey.generate(.rsa2048))
            let key = try PrivateKey.generate(.rsa2048)
            let name = CertificateName("a.customer.test")!
            let ordered = try await ca.client.obtain(
                CertificateOrder(
                    names: [name], csr: try CertificateRequest.der(names: [name], key: key),
                    challenges: [.http01]), for: account, presenting: ca)
            #expect(ordered.chain.leaf.matches(key))
        }
    }

    @Test func `an external account opens the door, and nothing else does`() async throws {
        let secret = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W"
        var options = Pebble.Options()
        options.externalAccounts = ["kid-1": secret]
        try await visit(options) { ca in
            let directory = try await ca.client.directory()
            #expect(directory.externalAccountRequired)
            let key = try PrivateKey.generate(.p256)
            func open(_ binding: ExternalAccountBinding?) async throws -> Account {
                try await ca.client.openAccount(
                    AccountRequest(termsOfServiceAgreed: true, externalAccount: binding), key: key)
            }
            for binding in [nil, ExternalAccountBinding(keyID: "kid-1", hmacKey: "AQIDBA")] {
                let error = await #expect(throws: ACMEError.self) { _ = try await open(binding) }
                #expect(error?.class == .account, "\(said(error))")
            }
            let account = try await open(ExternalAccountBinding(keyID: "kid-1", hmacKey: secret))
            _ = try await obtain(
                ca.client, account: account, names: ["a.customer.test"], presenter: ca,
                challenges: [.http01])
        }
    }

    @Test func `the chain of the preferred root is taken`() async throws {
        var options = Pebble.Options()
        options.alternateRoots = 2
        try await visit(options) { ca in
            for number in 0...2 {
                let pem = try await ca.pebble.manage("roots/\(number)")
                let root = try Certificate(pem: Array(pem.utf8)).subjectCommonName
                let (ordered, _) = try await obtain(
                    ca.client, names: ["a.customer.test"], presenter: ca, challenges: [.http01],
                    preferredIssuer: root)
                #expect(ordered.chain.intermediates.last?.issuerCommonName == root)
            }
        }
    }

    @Test func `a certificate is revoked by its account and by its key`() async throws {
        try await visit { ca in
            let account = try await openAccount(ca.client)
            for revokesByAccount in [true, false] {
                let (ordered, key) = try await obtain(
                    ca.client, account: account, names: ["a.customer.test"], presenter: ca,
                    challenges: [.http01])
                let leaf = ordered.chain.leaf
                for _ in 1...2 {
                    try await ca.client.revoke(
                        leaf, because: .superseded,
                        by: revokesByAccount ? .account(account) : .key(key))
                }
                let status = try await ca.pebble.manage("cert-status-by-serial/\(leaf.serialHex)")
                #expect(try JSON(parsing: status)["Status"].string == "Revoked")
            }
        }
    }

    @Test func `a domain that does not answer is told in the CA's words`() async throws {
        try await visit { ca in
            let error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(
                    ca.client, names: ["a.customer.test"], presenter: Silent(),
                    challenges: [.http01])
            }
            #expect(error?.class == .validation)
            #expect(
                said(error).hasPrefix("validating a.customer.test by http-01: the CA found "),
                "\(said(error))")
        }
    }

    @Test func `an account that pebble never had is missing`() async throws {
        try await visit { ca in
            let address = ca.client.directoryURL.text.replacing("/dir", with: "/my-account/1")
            let stranger = Account(url: ResourceURL(address)!, key: try PrivateKey.generate(.p256))
            let error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(
                    ca.client, account: stranger, names: ["a.customer.test"], presenter: ca,
                    challenges: [.http01])
            }
            #expect(error?.isAccountMissing == true, "\(said(error))")
        }
    }

    @Test func `valid authorizations are used again without a challenge`() async throws {
        var options = Pebble.Options()
        options.authorizationReuse = 100
        try await visit(options) { ca in
            let account = try await openAccount(ca.client)
            for presenter in [ca, Silent()] as [any ChallengePresenter] {
                _ = try await obtain(
                    ca.client, account: account, names: ["a.customer.test"], presenter: presenter,
                    challenges: [.http01])
            }
        }
    }

    private func visit(
        _ options: Pebble.Options = .init(), _ name: String = #function,
        _ body: (PebbleVisit) async throws -> Void
    ) async throws {
        try await Lab.play(name) { lab in
            let port = Ports.free()
            let dns = try await ChallengeTestServer(lab, http01: port)
            for stem in ["a", "b", "c"] + (0..<20).map({ "shop\($0)" }) {
                try await dns.setAddress("\(stem).customer.test")
            }
            let pebble = try await Pebble(
                lab, httpPort: port, tlsPort: Ports.free(), dns: dns.port, options: options)
            let loop = try EventLoop(name: "control")
            defer { loop.shutdown() }
            let roots = try Data(contentsOf: URL(fileURLWithPath: pebble.interfaceRoots))
            let http = try HTTPClient(
                loop: loop, trustedRoots: .pem([UInt8](roots)), lookup: NoLookup(),
                userAgent: "nameplate-tests")
            let client = ACMEClient(
                directory: ResourceURL(pebble.directory)!, transport: http, loop: loop)
            try await body(PebbleVisit(pebble: pebble, dns: dns, client: client))
        }
    }
}

/// Pebble, a client of it, and the server that shows our http-01 responses.
private struct PebbleVisit: ChallengePresenter {
    let pebble: Pebble
    let dns: ChallengeTestServer
    let client: ACMEClient

    func present(_ response: ChallengeResponse) async throws {
        guard case .http01(_, let token, let content) = response else {
            throw CannotPresent(response: response)
        }
        try await dns.answer(token: token, with: content)
    }

    func withdraw(_ response: ChallengeResponse) async {
        guard case .http01(_, let token, _) = response else { return }
        try? await dns.stopAnswering(token: token)
    }
}

private struct CannotPresent: Error {
    let response: ChallengeResponse
}

/// Says that it presents, and does not.
private struct Silent: ChallengePresenter {
    func present(_ response: ChallengeResponse) async throws {}
    func withdraw(_ response: ChallengeResponse) async {}
}

/// The CA is at a numeric address.
private struct NoLookup: HostLookup {
    struct NotNeeded: Error {}

    func addresses(of host: String) async throws -> [IPAddress] { throw NotNeeded() }
}
