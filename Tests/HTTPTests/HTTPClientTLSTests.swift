// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Networking
import TLS
import Testing

@Suite struct HTTPClientTLSTests {
    private static let validity = Date().addingTimeInterval(-60)..<Date().addingTimeInterval(3600)

    private static func context(
        _ authority: CertificateAuthority, for name: String
    ) throws -> ServerContext {
        let key = try PrivateKey.generate(.p256)
        let chain = try authority.issue(
            names: [CertificateName(name)!], key: key, validity: validity)
        return try ServerContext(
            configuration: ServerTLSConfiguration(), ticketKeys: TicketKeys(),
            selector: OneCredential(try Credential(chain: chain, key: key)))
    }

    /// What a request to `https://a.example` comes to, three times in a row.
    private static func outcomes(
        certificateFor name: String, trusting other: Bool = false
    ) async throws -> (answers: [String], connections: Int) {
        try await onLoop { loop in
            let authority = try CertificateAuthority.create(
                commonName: "test root", validity: validity)
            let trusted =
                other
                ? try CertificateAuthority.create(commonName: "another", validity: validity)
                : authority
            let server = try LoopbackServer(on: loop, tls: try context(authority, for: name)) {
                side, _ in
                while let request = try await side.next() {
                    try await side.answer(200, request.head.hostText)
                }
            }
            let client = try HTTPClient(
                loop: loop,
                trustedRoots: .pem(CertificateChain(leaf: trusted.certificate).pem),
                lookup: TableLookup(table: ["a.example": [IPAddress("127.0.0.1")!]]),
                userAgent: "test")
            var answers: [String] = []
            for _ in 0..<3 {
                do throws(HTTPClientError) {
                    let url = server.url(host: "a.example", scheme: "https")
                    let response = try await client.send(
                        ClientRequest(method: "POST", url: url), deadline: .seconds(20),
                        maxBody: 100)
                    answers.append(String(decoding: response.body, as: UTF8.self))
                } catch {
                    answers.append("\(error)")
                }
            }
            server.close()
            return (answers, server.connections)
        }
    }

    @Test func `a server with a certificate for the name is spoken to on one connection`()
        async throws
    {
        let (answers, connections) = try await Self.outcomes(certificateFor: "a.example")
        #expect(answers == ["a.example", "a.example", "a.example"])
        #expect(connections == 1)
    }

    @Test func `a certificate for another name is refused`() async throws {
        let (answers, _) = try await Self.outcomes(certificateFor: "b.example")
        for answer in answers {
            #expect(answer.hasPrefix("TLS with a.example: the peer's certificate is not accepted"))
        }
    }

    @Test func `a certificate of an authority that is not trusted is refused`() async throws {
        let (answers, _) = try await Self.outcomes(certificateFor: "a.example", trusting: true)
        for answer in answers {
            #expect(answer.hasPrefix("TLS with a.example: the peer's certificate is not accepted"))
        }
    }
}

/// Shows one certificate, whatever is asked for.
final class OneCredential: CertificateSelector {
    let credential: Credential

    init(_ credential: Credential) {
        self.credential = credential
    }

    func selectCertificate(for hello: ClientHello) -> CertificateSelection {
        .serve(credential)
    }
}
