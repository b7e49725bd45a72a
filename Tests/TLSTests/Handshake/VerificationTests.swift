// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import TLS

@Suite struct VerificationTests {
    private let authority: TestAuthority

    init() throws {
        authority = try TestAuthority()
    }

    private func shake(
        _ credential: Credential, name: String = "a.example", client: ClientContext
    ) throws -> (client: HandshakeStep, server: HandshakeStep) {
        let server = try ServerContext(
            configuration: .init(), ticketKeys: TicketKeys(),
            selector: TestSelector { _ in .serve(credential) })
        return Ends(
            client: try TLSConnection(clientInMemory: client, serverName: name),
            server: try TLSConnection(serverInMemory: server)
        ).handshake()
    }

    @Test(arguments: [
        ("a.example", "a.example", true), ("A.EXAMPLE.", "a.example", true),
        ("x.a.example", "*.a.example", true), ("b.example", "a.example", false),
        ("x.y.a.example", "*.a.example", false), ("a.example", "*.a.example", false),
        ("192.0.2.1", "a.example", false), ("::1", "a.example", false),
        ("localhost", "a.example", false),
    ])
    func `the certificate has to be for the host`(
        host: String, name: String, accepted: Bool
    ) throws {
        let steps = try shake(
            try authority.credential(name), name: host, client: try authority.client())
        #expect(steps.client.isDone == accepted)
        if !accepted {
            guard case .certificateRejected(let reason)? = steps.client.error else {
                Issue.record("\(steps.client)")
                return
            }
            #expect(reason.contains("mismatch"))
        }
    }

    @Test func `a chain to a stranger is refused and the server is told`() throws {
        let steps = try shake(
            try authority.credential("a.example"), client: try TestAuthority().client())
        guard case .certificateRejected? = steps.client.error else {
            Issue.record("\(steps.client)")
            return
        }
        #expect(steps.server.error == .alertReceived(.unknownCA))
    }

    @Test func `a certificate out of its time is refused`() throws {
        let key = try PrivateKey.generate(.p256)
        let past = Date(timeIntervalSinceNow: -7200)
        let chain = try authority.authority.issue(
            names: [CertificateName("a.example")!], key: key,
            validity: past..<past.addingTimeInterval(3600))
        let steps = try shake(
            try Credential(chain: chain, key: key), client: try authority.client())
        #expect(steps.client.error == .certificateRejected("certificate has expired"))
    }

    @Test func `the system's roots do not know us`() throws {
        let steps = try shake(
            try authority.credential("a.example"), client: try ClientContext(trustedRoots: .system))
        #expect(steps.client.error != nil)
    }

    @Test(arguments: ["", ".example.com", "a b", "a/b", "ü.example", "a:80"])
    func `what is no host is not connected to`(host: String) throws {
        let client = try authority.client()
        #expect { try TLSConnection(clientInMemory: client, serverName: host) } throws: {
            isUnusable($0)
        }
    }

    @Test func `roots that are none are refused`() {
        #expect { try ClientContext(trustedRoots: .pem([])) } throws: { isUnusable($0) }
    }
}
