// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
import Networking
import Provisioning
import ScriptedCA
import Storage
import TLS
import Testing

/// An ACME issuer and what it keeps in storage.
@Suite struct IssuerAccountTests {
    let request = IssuanceRequest(names: [CertificateName("a.example")!])

    @Test func `the certificate covers the name and matches its key`() async throws {
        try await Bench.lend { bench in
            let issued = try await bench.issuer().issue(request)
            #expect(issued.issuer == "ca.example-dir")
            #expect(issued.chain.leaf.matches(try #require(issued.key)))
            #expect(issued.chain.leaf.covers(ServerName("a.example")!))
            #expect(issued.accountURL == "https://ca.example/acct/1")
            #expect(issued.orderURL == "https://ca.example/order/0")
            #expect(issued.certificateID == CertificateID(issued.chain.leaf))
        }
    }

    @Test func `each certificate has a key of its own, RSA on request`() async throws {
        try await Bench.lend { bench in
            let issuer = try bench.issuer()
            let first = try await issuer.issue(request)
            let second = try await issuer.issue(request)
            #expect(!first.chain.leaf.matches(try #require(second.key)))
            #expect(first.key?.kind == .p256)
            let third = try await issuer.issue(
                IssuanceRequest(names: request.names, key: .fresh(.rsa2048)))
            #expect(third.key?.kind == .rsa2048)
        }
    }

    @Test func `the account is used again after a restart`() async throws {
        try await Bench.lend { bench in
            let first = try await bench.issuer().issue(request)
            let second = try await bench.issuer().issue(request)
            #expect(first.accountURL == second.accountURL)
            #expect(bench.ca.count("/account") == 1)
        }
    }

    @Test func `key and document are where the layout says, the key readable by us alone`()
        async throws
    {
        try await Bench.lend { bench in
            _ = try await bench.issuer().issue(request)
            let folder = bench.root.appendingPathComponent("accounts/ca.example-dir")
            let document = try String(
                contentsOf: folder.appendingPathComponent("account.json"), encoding: .utf8)
            #expect(
                document == """
                    {
                      "contact" : [
                        "mailto:ops@example.com"
                      ],
                      "directory" : "https://ca.example/dir",
                      "url" : "https://ca.example/acct/1"
                    }
                    """)
            let key = folder.appendingPathComponent("key.pem").path
            let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions]
            #expect(mode as? Int == 0o600)
        }
    }

    @Test func `fifty first orders at once open one account`() async throws {
        try await Bench.lend { bench in
            let issuer = try bench.issuer()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        let name = CertificateName("shop\(number).example")!
                        _ = try await issuer.issue(IssuanceRequest(names: [name]))
                    }
                }
                try await group.waitForAll()
            }
            #expect(bench.ca.count("/account") == 1)
            #expect(bench.ca.orderCount == 50)
        }
    }

    @Test func `an account that the CA has lost is opened anew, under the same key`() async throws {
        try await Bench.lend { bench in
            let issuer = try bench.issuer()
            let first = try await issuer.issue(request)
            bench.ca.forgetAccounts()
            let second = try await issuer.issue(request)
            #expect(first.accountURL != second.accountURL)
            #expect(bench.ca.accountCount == 1)
            // The new one is what the next start finds.
            let third = try await bench.issuer().issue(request)
            #expect(third.accountURL == second.accountURL)
            #expect(bench.ca.count("/account") == 2)
        }
    }

    /// As a crash leaves it between the key and the document.
    @Test func `a key without a document finds its account`() async throws {
        try await Bench.lend { bench in
            let first = try await bench.issuer().issue(request)
            let folder = bench.root.appendingPathComponent("accounts/ca.example-dir")
            let document = folder.appendingPathComponent("account.json")
            try FileManager.default.removeItem(at: document)
            let second = try await bench.issuer().issue(request)
            try Data("half a docu".utf8).write(to: document)
            let third = try await bench.issuer().issue(request)
            #expect(first.accountURL == second.accountURL)
            #expect(second.accountURL == third.accountURL)
            #expect(bench.ca.accountCount == 1)
        }
    }

    @Test func `a key that cannot be read is an error that names it, not a reason for a new one`()
        async throws
    {
        try await Bench.lend { bench in
            _ = try await bench.issuer().issue(request)
            let key = bench.root.appendingPathComponent("accounts/ca.example-dir/key.pem")
            try Data("garbage".utf8).write(to: key)
            let issuer = try bench.issuer()
            let error = await #expect(throws: IssuerError.self) {
                _ = try await issuer.issue(request)
            }
            #expect(error?.class == .local)
            #expect(
                error?.description.hasPrefix(
                    "ca.example-dir: accounts/ca.example-dir/key.pem is no private key: ") == true)
        }
    }

    @Test func `a failed opening is not remembered`() async throws {
        try await Bench.lend { bench in
            bench.ca.script("/account", .answer(500, "text/html", "oops"))
            let issuer = try bench.issuer()
            let error = await #expect(throws: IssuerError.self) {
                _ = try await issuer.issue(request)
            }
            #expect(error?.class == .outage)
            _ = try await issuer.issue(request)
            #expect(bench.ca.accountCount == 1)
        }
    }

    /// RFC 9773 §5.
    @Test func `a renewal names what it replaces to the same CA and account only`() async throws {
        try await Bench.lend { bench in
            let issuer = try bench.issuer()
            let issued = try await issuer.issue(request)
            let id = issued.certificateID
            let priors: [(PriorCertificate, Bool)] = [
                (
                    .init(issuer: issued.issuer, accountURL: issued.accountURL, certificateID: id),
                    true
                ),
                (
                    .init(issuer: "another-ca", accountURL: issued.accountURL, certificateID: id),
                    false
                ),
                (
                    .init(
                        issuer: issued.issuer, accountURL: "https://ca.example/acct/7",
                        certificateID: id), false
                ),
                (
                    .init(issuer: issued.issuer, accountURL: issued.accountURL, certificateID: nil),
                    false
                ),
            ]
            for (prior, isNamed) in priors {
                _ = try await issuer.issue(IssuanceRequest(names: request.names, replaces: prior))
                let order = bench.ca.requests.last { $0.path == "/order" }
                #expect(order?.payload.contains("replaces") == isNamed)
            }
        }
    }

    @Test func `a CA without renewal information is not told what is replaced`() async throws {
        var options = ScriptedCA.Options()
        options.offersRenewalInfo = false
        try await Bench.lend(options) { bench in
            let issuer = try bench.issuer()
            let issued = try await issuer.issue(request)
            let prior = PriorCertificate(
                issuer: issued.issuer, accountURL: issued.accountURL,
                certificateID: issued.certificateID)
            _ = try await issuer.issue(IssuanceRequest(names: request.names, replaces: prior))
            #expect(
                bench.ca.requests.last { $0.path == "/order" }?.payload.contains("replaces")
                    == false)
            let info = try await issuer.renewalInfo(for: issued.chain.leaf)
            #expect(info == nil)
        }
    }

    @Test func `a certificate for another key is not accepted`() async throws {
        var options = ScriptedCA.Options()
        options.certifiesAnotherKey = true
        try await Bench.lend(options) { bench in
            let issuer = try bench.issuer()
            let error = await #expect(throws: IssuerError.self) {
                _ = try await issuer.issue(request)
            }
            #expect(error?.class == .outage)
            #expect(error?.description.hasSuffix("it certifies another key") == true)
        }
    }

    @Test func `CAA records know the issuer by its directory, or by the configuration`()
        async throws
    {
        try await Bench.lend { bench in
            let stated = try await bench.issuer().identity()
            #expect(stated.domains == ["ca.example"])
            #expect(stated.accountURI == "https://ca.example/acct/1")
            #expect(stated.methods == ["tls-alpn-01", "http-01"])
            let configured = try await bench.issuer { $0.caaIdentities = ["other.example"] }
                .identity()
            #expect(configured.domains == ["other.example"])
        }
    }

    /// RFC 8657 §4.
    @Test func `only the challenges that CAA permits are taken`() async throws {
        try await Bench.lend { bench in
            let issuer = try bench.issuer()
            let permission = CAAPermission(issuer: issuer.name, methods: ["http-01"])
            _ = try await issuer.issue(
                IssuanceRequest(names: request.names, permissions: [request.names[0]: [permission]])
            )
            guard case .http01? = bench.presenter.presented.first else {
                Issue.record("\(bench.presenter.presented)")
                return
            }
        }
    }

    @Test func `another external account is another folder`() throws {
        var configuration = ACMEIssuer.Configuration(
            directory: ResourceURL("https://acme.zerossl.com:8443/v2/DV90")!)
        #expect(configuration.name == "acme.zerossl.com-8443-v2-DV90")
        configuration.externalAccount = ExternalAccountBinding(keyID: "a/b_c", hmacKey: "AQID")
        #expect(configuration.name == "acme.zerossl.com-8443-v2-DV90-a-b-c")
    }
}

/// A scripted CA, a store in a folder of its own, and a loop.
private struct Bench {
    let ca: ScriptedCA
    let root: URL
    let loop: EventLoop
    let storage: EventLoop
    let store: FileStore
    let presenter = RecordingPresenter()

    static func lend(
        _ options: ScriptedCA.Options = .init(), _ body: (Bench) async throws -> Void
    ) async throws {
        let root = FileManager.default.temporaryDirectory
            .appendingPathComponent("nameplate-issuer-\(UInt64.random(in: 0 ..< .max))")
        let storage = try EventLoop(name: "storage")
        let loop = try EventLoop(name: "control")
        defer {
            loop.shutdown()
            storage.shutdown()
            try? FileManager.default.removeItem(at: root)
        }
        let store = try FileStore(root: root.path, on: storage)
        try await body(
            Bench(ca: ScriptedCA(options), root: root, loop: loop, storage: storage, store: store))
    }

    /// An issuer as after a start: it knows what is in storage.
    func issuer(_ change: (inout ACMEIssuer.Configuration) -> Void = { _ in }) throws -> ACMEIssuer
    {
        var configuration = ACMEIssuer.Configuration(directory: ca.directory)
        configuration.contact = ["mailto:ops@example.com"]
        change(&configuration)
        let client = ACMEClient(directory: ca.directory, transport: ca, loop: loop)
        return try #require(
            ACMEIssuer(
                configuration, client: client, store: store, presenter: presenter,
                keys: LeafKeys(on: storage), loop: loop))
    }
}
