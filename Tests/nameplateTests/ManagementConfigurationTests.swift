// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import TLS
import Testing

@testable import nameplate

/// `management`, key by key.
@Suite struct ManagementConfigurationTests {
    private static let hash = "sha256:" + String(repeating: "0f", count: 32)
    private static let plan = "3F7830C3-0B66-4F0C-A9D3-6F7D1F0C2B1E"

    private static func management(_ more: String, listen: String = "127.0.0.1:0") -> String {
        minimal("management: { listen: \"\(listen)\", \(more) }")
    }

    private static func client(_ more: String) -> String {
        management("clients: [{ application_id: \"shop\", \(more) }]")
    }

    private func read(_ text: String) throws -> ManagementConfiguration {
        try #require(
            try Configuration.read(text: text, named: "edge.json5", environment: [:]).management)
    }

    @Test func `what is said of the API is read`() throws {
        let text = Self.management(
            """
            clients: [{ application_id: "shop", client_secret: "s" },
              { application_id: "audit", client_secret_hash: "\(Self.hash.uppercased()
                .replacing("SHA256", with: "sha256"))", account: "second", scopes: ["read", "keys"] }],
            plans: [{ id: "\(Self.plan)", name: "Edge DV" }], products: ["SSL123"],
            webhooks: { allow: ["127.0.0.0/8", "fd00::/8"] },
            origins: { allow: ["public", "10.1.0.0/16"] }
            """)
        let management = try read(text)
        #expect(management.clients.map(\.applicationID) == ["shop", "audit"])
        #expect(management.clients.map(\.account) == ["main", "second"])
        #expect(management.clients.map { $0.scopes.count } == [2, 2])
        #expect("\(management.clients[1].scopes)".contains("keys"))
        #expect("\(management.plans)".contains(Self.plan.lowercased()))
        #expect(management.products == ["SSL123"])
        #expect(management.webhooks.allow.count == 2)
        let block = try #require(AddressBlock("10.1.0.0/16"))
        #expect(management.origins.allow == [.public, .block(block)])
        #expect(try read(Self.management("clients: []")).origins.allow == nil)
        #expect(management.remarks.isEmpty)
    }

    @Test func `no origin that a client sets may be where we listen`() throws {
        let text = minimal(
            """
            listen: { https: ["0.0.0.0:8443"], http: ["127.0.0.1:8080"] },
            management: { listen: "127.0.0.1:8081" }
            """)
        let configuration = try Configuration.read(text: text, named: "x", environment: [:])
        let targets = OriginTargets(configuration)
        for (address, isAdmitted) in [
            ("127.0.0.1:8443", false), ("127.0.0.1:8080", false), ("127.0.0.1:8081", false),
            ("127.0.0.1:8082", true),
        ] {
            let address = try #require(SocketAddress(address))
            #expect((targets.refusal(of: address) == nil) == isAdmitted, "\(address)")
        }
    }

    /// What is configured, and the sentence that it earns.
    private struct Mistake: Sendable {
        let text: String
        let sentence: String

        init(_ text: String, _ sentence: String) {
            self.text = text
            self.sentence = sentence
        }
    }

    private static let mistakes: [Mistake] = [
        Mistake(
            client(""),
            "management.clients[0].client_secret: required, expected the client's secret, found "
                + "nothing"
        ),
        Mistake(
            client("client_secret: \"s3cr3t\", client_secret_hash: \"\(hash)\""),
            "management.clients[0]: expected client_secret or client_secret_hash, found both"
        ),
        Mistake(
            client("client_secret_hash: \"s3cr3t\""),
            "management.clients[0].client_secret_hash: expected \"sha256:\" and 64 hexadecimal "
                + "digits, found something else"
        ),
        Mistake(
            client("client_secret_hash: \"\(hash.dropLast())\""),
            "management.clients[0].client_secret_hash: expected \"sha256:\" and 64 hexadecimal "
                + "digits, found something else"
        ),
        Mistake(
            client("client_secret_hash: \"\(hash.dropLast())g\""),
            "management.clients[0].client_secret_hash: expected \"sha256:\" and 64 hexadecimal "
                + "digits, found something else"
        ),
        Mistake(
            client("client_secret_hash: \"\(hash.replacing("sha256:", with: "sha512:"))\""),
            "management.clients[0].client_secret_hash: expected \"sha256:\" and 64 hexadecimal "
                + "digits, found something else"
        ),
        Mistake(
            client("client_secret: \"\""),
            "management.clients[0].client_secret: expected a text, { env: \"NAME\" } or "
                + "{ file: \"path\" }, found something else"
        ),
        Mistake(
            client("client_secret: \"s\", scopes: [\"read\", \"admin\"]"),
            "management.clients[0].scopes[1]: expected one of \"read\", \"write\", \"keys\", "
                + "found \"admin\""
        ),
        Mistake(
            client("client_secret: \"s\", account: \"a/b\""),
            "management.clients[0].account: expected a name of letters, digits, \"-\" and \"_\", "
                + "found \"a/b\""
        ),
        Mistake(
            client("client_secret: \"s\", secret: \"s3cr3t\""),
            "management.clients[0].secret: there is no such key; known here: account, "
                + "application_id, client_secret, client_secret_hash, scopes"
        ),
        Mistake(
            management("clients: [{ client_secret: \"s3cr3t\" }]"),
            "management.clients[0].application_id: required, expected the client's name, found "
                + "nothing"
        ),
        Mistake(
            management("clients: [{ application_id: \"edge\", client_secret: \"s3cr3t\" }]"),
            "management.clients[0].application_id: expected another name: in events \"edge\" is the "
                + "edge, found \"edge\""
        ),
        Mistake(
            management("clients: [{ application_id: \"a:b\", client_secret: \"s3cr3t\" }]"),
            "management.clients[0].application_id: expected a name of ASCII without blanks and "
                + "colons, found \"a:b\""
        ),
        Mistake(
            management(
                "clients: [{ application_id: \"a\", client_secret: \"s3cr3t\" }, "
                    + "{ application_id: \"a\", client_secret: \"other\" }]"),
            "management.clients: expected each id once, found \"a\" again"
        ),
        Mistake(
            management("plans: [{ id: \"7\", name: \"Edge DV\" }]"),
            "management.plans[0].id: expected a UUID such as "
                + "\"3f7830c3-0b66-4f0c-a9d3-6f7d1f0c2b1e\", found \"7\""
        ),
        Mistake(
            management("plans: [{ id: \"\(plan)\" }]"),
            "management.plans[0].name: required, expected the plan's name, found nothing"
        ),
        Mistake(
            management(
                "plans: [{ id: \"\(plan)\", name: \"a\" }, "
                    + "{ id: \"\(plan.lowercased())\", name: \"b\" }]"),
            "management.plans: expected each id once, found \"\(plan.lowercased())\" again"
        ),
        Mistake(
            management("origins: { allow: [\"private\"] }"),
            "management.origins.allow[0]: expected \"public\", an address or a block such as "
                + "\"10.0.0.0/8\", found \"private\""
        ),
        Mistake(
            management("products: \"SSL123\""),
            "management.products: expected a list of values, found \"SSL123\""
        ),
        Mistake(
            management("products: [\"\"]"),
            "management.products[0]: expected a text in quotes, found \"\""
        ),
        Mistake(
            management("products: [\"SSL123\", \"SSL123\"]"),
            "management.products: expected each id once, found \"SSL123\" again"
        ),
        Mistake(
            management("webhooks: { allow: [\"10.0.0.0/33\"] }"),
            "management.webhooks.allow[0]: expected an address or a block such as "
                + "\"10.0.0.0/8\", found \"10.0.0.0/33\""
        ),
        Mistake(
            management("webhooks: { deny: [] }"),
            "management.webhooks.deny: there is no such key; known here: allow"
        ),
        Mistake(
            management("tls: { chain: \"no-such.pem\", key: \"no-such.pem\" }"),
            "management.tls.chain: expected a readable file, found \"no-such.pem\": no such file"
        ),
        Mistake(
            management("tls: {}"),
            "management.tls.chain: required, expected a PEM file, the server's certificate first, "
                + "found nothing"
        ),
        Mistake(
            management("", listen: "localhost:8081"),
            "management.listen: expected an address and port such as \"0.0.0.0:443\", "
                + "found \"localhost:8081\""
        ),
    ]

    @Test(arguments: mistakes)
    private func `a mistake names the key, and no secret`(mistake: Mistake) {
        let found = problems(mistake.text)
        #expect(found.first?.hasSuffix(" \(mistake.sentence)") == true, "\(found)")
        #expect(!found.joined().contains("s3cr3t"))
    }

    @Test(arguments: [
        ("0.0.0.0:0", true), ("192.0.2.1:8081", true), ("[::]:0", true), ("10.0.0.1:1", true),
        ("[::1]:0", false), ("127.9.9.9:0", false),
    ])
    func `an address that others reach without TLS is refused, or said aloud where it is allowed`(
        listen: String, isExposed: Bool
    ) throws {
        let client = "clients: [{ application_id: \"a\", client_secret: \"s3cr3t\" }]"
        let refused = problems(Self.management(client, listen: listen))
        #expect(refused.contains { $0.contains("management.cleartext: true") } == isExposed)
        #expect(refused.count == (isExposed ? 1 : 0))
        let remarks = try read(
            Self.management("\(client), cleartext: true", listen: listen)
        ).remarks
        #expect(remarks.count == (isExposed ? 1 : 0))
        #expect(remarks.allSatisfy { $0.contains("secrets go there in the clear") })
        #expect(!(refused + remarks).joined().contains("s3cr3t"))
    }

    @Test func `it listens on the loopback unless it is told otherwise`() throws {
        let management = try read(minimal("management: { clients: [] }"))
        #expect("\(management.listen)" == "127.0.0.1:8081")
        #expect(!management.cleartext && management.tls == nil)
    }

    @Test func `TLS that has a mistake is named, and not that it is missing`() {
        let found = problems(
            Self.management("tls: { chain: \"no-such.pem\", key: \"x\" }", listen: "0.0.0.0:1"))
        #expect(found.count == 2)
        #expect(found.allSatisfy { $0.contains("management.tls.") })
    }

    @Test func `that nobody may call it earns a remark`() throws {
        #expect(try read(Self.management("")).remarks == ["management.clients: nobody may call it"])
    }
}
