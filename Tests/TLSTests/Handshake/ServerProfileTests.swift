// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Testing

@testable import TLS

// Mozilla's intermediate profile.
@Suite struct ServerProfileTests {
    private let authority: TestAuthority
    private let server: ServerContext

    init() throws {
        authority = try TestAuthority()
        server = try ServerContext(
            configuration: .init(), ticketKeys: TicketKeys(),
            selector: TestSelector(try authority.credential("a.example")))
    }

    private func ends() throws -> Ends {
        Ends(
            client: try TLSConnection(
                clientInMemory: try authority.client(), serverName: "a.example"),
            server: try TLSConnection(serverInMemory: server))
    }

    @Test func `TLS 1_1 is refused with protocol_version`() throws {
        let ends = try ends()
        SSL_set_security_level(ends.client.handle, 0)
        SSL_ctrl(ends.client.handle, SSL_CTRL_SET_MIN_PROTO_VERSION, CLong(TLS1_VERSION), nil)
        SSL_ctrl(ends.client.handle, SSL_CTRL_SET_MAX_PROTO_VERSION, CLong(TLS1_1_VERSION), nil)
        #expect(SSL_set_cipher_list(ends.client.handle, "ALL:@SECLEVEL=0") == 1)
        let steps = ends.handshake()
        #expect(steps.client.error == .alertReceived(.protocolVersion))
        guard case .peerIncompatible? = steps.server.error else {
            Issue.record("\(steps.server)")
            return
        }
    }

    @Test(arguments: [
        "AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "AES128-SHA",
        "ECDHE-ECDSA-AES128-CCM",
    ])
    func `a client with weak ciphers alone is refused`(cipher: String) throws {
        let ends = try ends()
        Version.tls12.hold(ends.client)
        #expect(SSL_set_cipher_list(ends.client.handle, cipher) == 1)
        let steps = ends.handshake()
        #expect(steps.client.error == .alertReceived(.handshakeFailure))
        guard case .peerIncompatible? = steps.server.error else {
            Issue.record("\(steps.server)")
            return
        }
    }

    @Test func `the server's order of ciphers decides`() throws {
        let ends = try ends()
        Version.tls12.hold(ends.client)
        #expect(
            SSL_set_cipher_list(
                ends.client.handle, "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256")
                == 1)
        #expect(ends.handshake().server.isDone)
        #expect(ends.server.cipher == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
    }

    @Test func `a client without AES instructions gets ChaCha20`() throws {
        let ends = try ends()
        #expect(
            SSL_set_ciphersuites(
                ends.client.handle, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256") == 1)
        #expect(ends.handshake().server.isDone)
        #expect(ends.server.cipher == "TLS_CHACHA20_POLY1305_SHA256")
    }

    @Test func `a client cannot renegotiate`() throws {
        let ends = try ends()
        Version.tls12.hold(ends.client)
        #expect(ends.handshake().server.isDone)
        #expect(SSL_renegotiate(ends.client.handle) == 1)
        _ = ends.client.handshake()
        ends.server.receive(ends.client.takeOutgoing())
        var room = [UInt8](repeating: 0, count: 100)
        var span = room.mutableSpan
        guard case .wantsRead = ends.server.read(into: &span) else {
            Issue.record("the server went along")
            return
        }
        ends.client.receive(ends.server.takeOutgoing())
        #expect(ends.client.handshake().error != nil)
    }
}
