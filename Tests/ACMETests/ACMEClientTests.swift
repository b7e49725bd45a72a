// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import HTTP
import Networking
import ScriptedCA
import TLS
import Testing

/// What is done with a CA that keeps to the standard.
@Suite struct ACMEClientTests {
    @Test func `a certificate is ordered, proven, finalized and downloaded`() async throws {
        try await conversation { ca, client in
            let presenter = RecordingPresenter()
            let steps = Steps()
            let (ordered, key) = try await obtain(client, presenter: presenter, progress: steps.add)
            #expect(ordered.chain.leaf.matches(key))
            #expect(ordered.chain.leaf.names == [.exact(ServerName("a.example")!)])
            #expect(ordered.orderURL.text == "https://ca.example/order/0")
            #expect(
                steps.all
                    == [
                        .openAccount, .placeOrder("a.example"),
                        .present(CertificateName("a.example")!, .tlsALPN01),
                        .validate(CertificateName("a.example")!, .tlsALPN01),
                        .authorize("a.example"),
                        .finalize("a.example"), .download("a.example"),
                    ].filter { $0 != .openAccount })
            #expect(presenter.presented.count == 1)
            #expect(presenter.withdrawn == presenter.presented)
        }
    }

    @Test func `the first challenge type of ours that the CA offers is taken`() async throws {
        try await conversation { ca, client in
            ca.change { $0.offersChallenges = ["dns-01", "http-01"] }
            let presenter = RecordingPresenter()
            _ = try await obtain(
                client, presenter: presenter, challenges: [.tlsALPN01, .http01, .dns01])
            let response = try #require(presenter.presented.first)
            guard case .http01(let name, let token, let text) = response else {
                Issue.record("\(response)")
                return
            }
            #expect(name.text == "a.example")
            #expect(token == "token-0-0")
            #expect(text.hasPrefix("token-0-0."))
        }
    }

    @Test func `an authorization that is valid already is not proven again`() async throws {
        try await conversation { ca, client in
            ca.script(
                "/authz",
                .answer(
                    200, "application/json",
                    """
                    {"status":"valid","identifier":{"type":"dns","value":"a.example"},"challenges":[]}
                    """))
            // The order is not ready, since the CA saw no proof: the client does not look further.
            let presenter = RecordingPresenter()
            ca.script("/finalize", .problem("badCSR", 400))
            await #expect(throws: ACMEError.self) {
                _ = try await obtain(client, presenter: presenter)
            }
            #expect(presenter.presented.isEmpty)
            #expect(ca.count("/challenge") == 0)
        }
    }

    @Test func `every name of an order is proven`() async throws {
        try await conversation { ca, client in
            let presenter = RecordingPresenter()
            let (ordered, _) = try await obtain(
                client, names: ["a.example", "b.example", "c.example"], presenter: presenter)
            #expect(ordered.chain.leaf.names.count == 3)
            #expect(presenter.presented.count == 3)
            #expect(presenter.withdrawn.count == 3)
        }
    }

    @Test func `a CA that is slow is looked at until it is done`() async throws {
        var options = ScriptedCA.Options()
        options.looks = 3
        try await conversation(options) { ca, client in
            _ = try await obtain(client)
            // One to read the authorization, four until it is valid.
            #expect(ca.count("/authz") == 5)
            #expect(ca.count("/order/0") == 3)
        }
    }

    @Test func `an order that gets ready late is finalized then`() async throws {
        var options = ScriptedCA.Options()
        options.isSlowToGetReady = true
        try await conversation(options) { ca, client in
            _ = try await obtain(client)
            #expect(ca.count("/finalize") == 2)
            #expect(ca.orderCount == 1)
        }
    }

    @Test func `200 orders run at once over one account, no nonce is used twice`() async throws {
        try await conversation { ca, client in
            let account = try await openAccount(client)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let key = try PrivateKey.generate(.p256)
                        let name = CertificateName("shop\(number).example")!
                        let wanted = CertificateOrder(
                            names: [name], csr: try CertificateRequest.der(names: [name], key: key))
                        let ordered = try await client.obtain(
                            wanted, for: account, presenting: RecordingPresenter())
                        #expect(ordered.chain.leaf.names == [name])
                    }
                }
                try await group.waitForAll()
            }
            #expect(ca.orderCount == 200)
            #expect(ca.count("/dir") == 1)
            let nonces = ca.requests.compactMap(\.nonce)
            #expect(Set(nonces).count == nonces.count)
        }
    }

    @Test func `opening an account twice answers the same account`() async throws {
        try await conversation { ca, client in
            let key = try PrivateKey.generate(.p256)
            let request = AccountRequest(
                contact: ["mailto:ops@example.com"], termsOfServiceAgreed: true)
            let first = try await client.openAccount(request, key: key)
            let second = try await client.openAccount(request, key: key)
            #expect(first.url == second.url)
            #expect(ca.accountCount == 1)
            #expect(
                ca.requests.last?.payload
                    == #"{"contact":["mailto:ops@example.com"],"termsOfServiceAgreed":true}"#)
        }
    }

    @Test func `a lost account is told apart from other errors`() async throws {
        try await conversation { ca, client in
            let account = try await openAccount(client)
            ca.forgetAccounts()
            let error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(client, account: account)
            }
            #expect(error?.isAccountMissing == true)
            #expect(error?.class == .account)
        }
    }

    @Test func `a closed account is the operator's`() async throws {
        try await conversation { ca, client in
            ca.script("/account", .answer(200, "application/json", #"{"status":"deactivated"}"#))
            let error = await #expect(throws: ACMEError.self) { try await openAccount(client) }
            #expect(error?.class == .account)
        }
    }

    @Test func `profile and replaced certificate are named in the order`() async throws {
        try await conversation { ca, client in
            _ = try await obtain(client, profile: "short", replaces: CertificateID("AQI.Aw"))
            let order = try #require(ca.requests.first { $0.path == "/order" })
            #expect(
                order.payload == """
                    {"identifiers":[{"type":"dns","value":"a.example"}],"profile":"short",\
                    "replaces":"AQI.Aw"}
                    """)
        }
    }

    /// RFC 9773 §5.
    @Test func `an order that may not replace is placed without that`() async throws {
        try await conversation { ca, client in
            ca.script("/order", .problem("alreadyReplaced", 409))
            _ = try await obtain(client, replaces: CertificateID("AQI.Aw"))
            let orders = ca.requests.filter { $0.path == "/order" }
            #expect(orders.map { $0.payload.contains("replaces") } == [true, false])
        }
    }

    @Test func `the preferred chain is taken where the CA offers it`() async throws {
        try await conversation { ca, client in
            let other = try CertificateAuthority.create(
                commonName: "Other Root",
                validity: ca.now.addingTimeInterval(-60)..<ca.now.addingTimeInterval(3600))
            let chain = try other.issue(
                names: [.exact(ServerName("a.example")!)], key: .generate(.p256),
                validity: ca.now..<ca.now.addingTimeInterval(60))
            let pem = String(decoding: try chain.pem, as: UTF8.self)
            let type = "application/pem-certificate-chain"
            let link = ("Link", #"<https://ca.example/alt/1>;rel="alternate""#)
            ca.script("/cert", .answer(200, type, pem, link), .answer(200, type, pem, link))
            ca.script("/alt", .answer(500, "text/html", "no"), .answer(500, "text/html", "no"))
            ca.script("/alt", .answer(200, type, pem))
            let (first, _) = try await obtain(client, preferredIssuer: "Other Root")
            #expect(first.chain.leaf.issuerCommonName == "Other Root")
            #expect(ca.count("/alt") == 0)
            let (second, _) = try await obtain(client, preferredIssuer: "Nobody")
            #expect(second.chain.leaf.issuerCommonName == "Other Root")
            #expect(ca.count("/alt") == 3)
        }
    }

    @Test func `a certificate is revoked by account or by its own key`() async throws {
        try await conversation { ca, client in
            let account = try await openAccount(client)
            let (ordered, key) = try await obtain(client, account: account)
            try await client.revoke(
                ordered.chain.leaf, because: .superseded, by: .account(account))
            try await client.revoke(ordered.chain.leaf, because: .keyCompromise, by: .key(key))
            ca.script("/revoke", .problem("alreadyRevoked", 400))
            try await client.revoke(ordered.chain.leaf, because: .superseded, by: .account(account))
            let certificate = Base64URL.encode(ordered.chain.leaf.der)
            #expect(
                ca.revoked == [
                    #"{"certificate":"\#(certificate)","reason":4}"#,
                    #"{"certificate":"\#(certificate)","reason":1}"#,
                ])
        }
    }

    @Test func `renewal information is a window and a time to ask again`() async throws {
        try await conversation { ca, client in
            let id = CertificateID("AQI.Aw")!
            let info = try #require(try await client.renewalInfo(for: id))
            #expect(ca.requests.last?.path == "/renewal/AQI.Aw")
            #expect(info.end.timeIntervalSince(info.start) == 86_400.5)
            #expect(info.retryAfter == .seconds(21_600))
            #expect(info.explanationURL == "https://ca.example/why")
        }
        var options = ScriptedCA.Options()
        options.offersRenewalInfo = false
        try await conversation(options) { ca, client in
            let info = try await client.renewalInfo(for: CertificateID("AQI.Aw")!)
            #expect(info == nil)
        }
    }

    @Test func `the directory tells what the CA wants to be known`() async throws {
        try await conversation { ca, client in
            let directory = try await client.directory()
            #expect(directory.caaIdentities == ["ca.example"])
            #expect(directory.profiles == ["short": "six days"])
            #expect(!directory.externalAccountRequired)
            #expect(directory.renewalInfo != nil)
        }
    }
}
