// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Testing

@testable import TLS

@Suite struct ApplicationProtocolTests {
    private let authority: TestAuthority
    private let credential: Credential
    private let challenge: Credential

    init() throws {
        authority = try TestAuthority()
        credential = try authority.credential("a.example")
        challenge = try ChallengeCertificate.credential(
            for: ServerName("a.example")!, keyAuthorization: Digest.sha256([]))
    }

    /// Serves the challenge to who offers acme-tls/1 alone, as the product does.
    private func ends(
        offered: [String], spoken: [String], version: Version, roots: Credential
    ) throws -> (Ends, TestSelector) {
        let selector = TestSelector { [credential, challenge] hello in
            .serve(hello.offersOnlyACMETLS ? challenge : credential)
        }
        let server = try ServerContext(
            configuration: .init(applicationProtocols: spoken), ticketKeys: TicketKeys(),
            selector: selector)
        let root = roots.chain.intermediates.last ?? roots.leaf
        let client = try ClientContext(trustedRoots: .pem(try root.pem), alpn: offered)
        let ends = Ends(
            client: try TLSConnection(clientInMemory: client, serverName: "a.example"),
            server: try TLSConnection(serverInMemory: server))
        version.hold(ends.client)
        return (ends, selector)
    }

    @Test(
        arguments: [
            (["http/1.1"], ["http/1.1"], "http/1.1"),
            (["h2", "http/1.1"], ["http/1.1"], "http/1.1"),
            (["http/1.1", "h2"], ["h2", "http/1.1"], "h2"),
            (["h2", "acme-tls/1", "http/1.1"], ["http/1.1"], "http/1.1"),
            ([], ["http/1.1"], nil),
        ] as [([String], [String], String?)], Version.allCases)
    func `ours that comes first is chosen`(
        row: (offered: [String], spoken: [String], chosen: String?), version: Version
    ) throws {
        let (ends, selector) = try ends(
            offered: row.offered, spoken: row.spoken, version: version, roots: credential)
        let steps = ends.handshake()
        #expect(steps.client.isDone && steps.server.isDone)
        #expect(ends.client.negotiatedALPN == row.chosen)
        #expect(ends.server.negotiatedALPN == row.chosen)
        #expect(selector.hellos.map(\.offersOnlyACMETLS) == [false])
    }

    // RFC 7301 §3.2.
    @Test(
        arguments: [["h2"], ["h2", "acme-tls/1"], ["HTTP/1.1"], ["http/1.1x"]], Version.allCases)
    func `a client that offers nothing of ours is told so`(
        offered: [String], version: Version
    ) throws {
        let (ends, _) = try ends(
            offered: offered, spoken: ["http/1.1"], version: version, roots: credential)
        let steps = ends.handshake()
        #expect(steps.client.error == .alertReceived(.noApplicationProtocol))
        #expect(steps.server.error?.blame == .peer)
        guard case .peerIncompatible? = steps.server.error else {
            Issue.record("\(String(describing: steps.server.error))")
            return
        }
    }

    // RFC 8737 §3.
    @Test(arguments: Version.allCases)
    func `a validating CA gets the challenge certificate and acme-tls/1`(version: Version) throws {
        let (ends, selector) = try ends(
            offered: ["acme-tls/1"], spoken: ["http/1.1"], version: version, roots: challenge)
        // No client knows its critical extension: the CA looks into the certificate instead.
        SSL_set_verify(ends.client.handle, SSL_VERIFY_NONE, nil)
        let steps = ends.handshake()
        #expect(steps.client.isDone && steps.server.isDone)
        #expect(ends.client.negotiatedALPN == "acme-tls/1")
        #expect(selector.hellos.map(\.offersOnlyACMETLS) == [true])
        #expect(ends.server.credential?.isChallenge == true)
    }

    @Test(arguments: Version.allCases)
    func `acme-tls/1 is not spoken with another certificate`(version: Version) throws {
        let selector = TestSelector(credential)
        let server = try ServerContext(
            configuration: .init(applicationProtocols: ["acme-tls/1x", "http/1.1"]),
            ticketKeys: TicketKeys(), selector: selector)
        let ends = Ends(
            client: try TLSConnection(
                clientInMemory: try authority.client(alpn: ["acme-tls/1"]), serverName: "a.example"),
            server: try TLSConnection(serverInMemory: server))
        version.hold(ends.client)
        #expect(ends.handshake().client.error == .alertReceived(.noApplicationProtocol))
        #expect(selector.hellos.map(\.offersOnlyACMETLS) == [true])
    }

    @Test(arguments: Version.allCases)
    func `an unknown name with acme-tls/1 is refused with its alert`(version: Version) throws {
        let server = try ServerContext(
            configuration: .init(), ticketKeys: TicketKeys(),
            selector: TestSelector { _ in .refuse(.unrecognizedName) })
        let ends = Ends(
            client: try TLSConnection(
                clientInMemory: try authority.client(alpn: ["acme-tls/1"]), serverName: "a.example"),
            server: try TLSConnection(serverInMemory: server))
        version.hold(ends.client)
        #expect(ends.handshake().client.error == .alertReceived(.unrecognizedName))
    }

    @Test func `a name without bytes or with more than 255 is refused`() {
        #expect { try ApplicationProtocols([""]) } throws: { isUnusable($0) }
        let long = String(repeating: "a", count: 256)
        #expect { try ApplicationProtocols([long]) } throws: { isUnusable($0) }
    }
}
