// SPDX-License-Identifier: Apache-2.0
import ACME
import ScriptedCA
import TLS
import Testing

/// Wildcards and several names in one order (RFC 8555 §7.1.3, §7.1.4, §8.4).
@Suite struct WildcardTests {
    @Test func `a domain and its wildcard are proven by two records at one name`() async throws {
        try await conversation { ca, client in
            let presenter = RecordingPresenter()
            let (ordered, key) = try await obtain(
                client, names: ["a.example", "*.a.example"], presenter: presenter,
                challenges: [.dns01])
            #expect(ordered.chain.leaf.matches(key))
            #expect(ordered.chain.leaf.names.map(\.text).sorted() == ["*.a.example", "a.example"])
            var records: Set<String> = []
            for response in presenter.presented {
                guard case .dns01(let name, let record) = response else {
                    Issue.record("\(response)")
                    continue
                }
                #expect(name.text == "a.example")
                records.insert(record)
            }
            #expect(records.count == 2)
            #expect(Set(presenter.withdrawn) == Set(presenter.presented))
        }
    }

    @Test func `each name is proven in its own way`() async throws {
        try await conversation { ca, client in
            let presenter = RecordingPresenter()
            let key = try PrivateKey.generate(.p256)
            let names = ["a.example", "*.b.example", "c.example"].map { CertificateName($0)! }
            let wanted = CertificateOrder(
                names: names, csr: try CertificateRequest.der(names: names, key: key),
                challenges: [.tlsALPN01], methods: [names[1]: [.dns01], names[2]: [.http01]])
            _ = try await client.obtain(
                wanted, for: try await openAccount(client), presenting: presenter)
            let kinds = presenter.presented.map { response in
                switch response {
                case .dns01(let name, _): "dns-01 \(name)"
                case .http01(let name, _, _): "http-01 \(name)"
                case .tlsALPN01(let name, _): "tls-alpn-01 \(name)"
                }
            }
            #expect(kinds == ["tls-alpn-01 a.example", "dns-01 b.example", "http-01 c.example"])
        }
    }

    @Test func `a wildcard without dns-01 fails before anything is shown`() async throws {
        try await conversation { ca, client in
            let presenter = RecordingPresenter()
            let error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(client, names: ["*.a.example"], presenter: presenter)
            }
            #expect(said(error).contains("only dns-01"))
            #expect(presenter.presented.isEmpty)
        }
    }
}
