// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Glibc
import Testing

@testable import TLS

@Suite struct CertificateSelectionTests {
    private let authority: TestAuthority
    private let keys = TicketKeys()

    init() throws {
        authority = try TestAuthority()
    }

    private func ends(
        _ selector: TestSelector, name: String = "a.example", version: Version = .tls13
    ) throws -> Ends {
        let server = try ServerContext(configuration: .init(), ticketKeys: keys, selector: selector)
        let ends = Ends(
            client: try TLSConnection(
                clientInMemory: try authority.client(), serverName: name),
            server: try TLSConnection(serverInMemory: server, source: [192, 0, 2, 1]))
        version.hold(ends.client)
        return ends
    }

    @Test(arguments: Version.allCases)
    func `the selector is asked for the name in SNI and its credential is presented`(
        version: Version
    ) throws {
        let credential = try authority.credential("a.example")
        let selector = TestSelector(credential)
        let ends = try ends(selector, name: "A.Example", version: version)
        let steps = ends.handshake()
        #expect(steps.client.isDone && steps.server.isDone)
        #expect(selector.hellos.map(\.serverName) == [ServerName("a.example")])
        #expect(selector.hellos.map(\.source) == [[192, 0, 2, 1]])
        #expect(ends.server.credential === credential)
        #expect(ends.server.serverName == ServerName("a.example"))
        #expect(ends.server.protocolVersion == version.name)
        #expect(!ends.server.isResumed)
        #expect(ends.exchange("over TLS") == "over TLS")
    }

    @Test(arguments: Version.allCases, KeyKind.allCases)
    func `both kinds of keys are served`(version: Version, kind: KeyKind) throws {
        let selector = TestSelector(try authority.credential("a.example", kind: kind))
        let steps = try ends(selector, version: version).handshake()
        #expect(steps.client.isDone && steps.server.isDone)
    }

    @Test(
        arguments: Version.allCases,
        [TLSAlert.unrecognizedName, .internalError, .handshakeFailure])
    func `a refusal is sent with the selector's alert`(version: Version, alert: TLSAlert) throws {
        let ends = try ends(TestSelector { _ in .refuse(alert) }, version: version)
        let steps = ends.handshake()
        #expect(steps.server.error == .refused(alert))
        #expect(steps.client.error == .alertReceived(alert))
    }

    @Test(arguments: Version.allCases)
    func `a suspended handshake goes on when it is resumed`(version: Version) throws {
        let pending = TestPending()
        let selector = TestSelector { _ in .suspend(pending) }
        let ends = try ends(selector, version: version)
        for _ in 0..<3 {
            let steps = ends.handshake()
            #expect(steps.server.pending === pending)
        }
        let credential = try authority.credential("a.example")
        ends.server.resume(with: .serve(credential))
        let steps = ends.handshake()
        #expect(steps.client.isDone && steps.server.isDone)
        #expect(ends.server.credential === credential)
        #expect(selector.hellos.count == 1)
    }

    @Test(arguments: Version.allCases, [TLSAlert.unrecognizedName, .internalError])
    func `a refusal after a suspension is sent with its alert`(
        version: Version, alert: TLSAlert
    ) throws {
        let ends = try ends(TestSelector { _ in .suspend(TestPending()) }, version: version)
        #expect(ends.handshake().server.pending != nil)
        ends.server.resume(with: .refuse(alert))
        let steps = ends.handshake()
        #expect(steps.server.error == .refused(alert))
        #expect(steps.client.error == .alertReceived(alert))
    }

    @Test func `a resumption may suspend again`() throws {
        let second = TestPending()
        let ends = try ends(TestSelector { _ in .suspend(TestPending()) })
        #expect(ends.handshake().server.pending != nil)
        ends.server.resume(with: .suspend(second))
        #expect(ends.handshake().server.pending === second)
        ends.server.resume(with: .serve(try authority.credential("a.example")))
        #expect(ends.handshake().server.isDone)
    }

    @Test func `a suspended handshake may be dropped`() throws {
        var ends: Ends? = try ends(TestSelector { _ in .suspend(TestPending()) })
        weak let server = ends?.server
        #expect(ends?.handshake().server.pending != nil)
        ends = nil
        #expect(server == nil)
    }

    @Test func `a hello that is repeated after HelloRetryRequest asks the selector once`() throws {
        let selector = TestSelector(try authority.credential("a.example"))
        let ends = try ends(selector)
        // A key share for a group that the server does not have.
        #expect(
            SSL_ctrl(ends.client.handle, SSL_CTRL_SET_GROUPS_LIST, 0, strdup("P-521:P-256")) == 1)
        let steps = ends.handshake()
        #expect(steps.client.isDone && steps.server.isDone)
        #expect(selector.hellos.count == 1)
    }

    @Test(arguments: Version.allCases)
    func `a client without SNI may be given a default certificate`(version: Version) throws {
        let credential = try authority.credential("a.example")
        let selector = TestSelector { _ in .serve(credential) }
        let ends = try ends(selector, version: version)
        #expect(SSL_ctrl(ends.client.handle, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, nil) == 1)
        #expect(ends.handshake().server.isDone)
        #expect(selector.hellos.map(\.sniKind) == [.absent])
        #expect(ends.server.serverName == nil)
        #expect(ends.server.serves(ServerName("a.example")!))
    }

    @Test(arguments: Version.allCases, ["192.0.2.1", "a_b.example", "localhost"])
    func `a name that is none is said so and may be refused`(
        version: Version, name: String
    ) throws {
        let selector = TestSelector {
            $0.serverName == nil ? .refuse(.unrecognizedName) : .refuse(.internalError)
        }
        let ends = try ends(selector, version: version)
        _ = name.withCString {
            SSL_ctrl(
                ends.client.handle, SSL_CTRL_SET_TLSEXT_HOSTNAME, 0,
                UnsafeMutableRawPointer(mutating: $0))
        }
        #expect(ends.handshake().client.error == .alertReceived(.unrecognizedName))
        #expect(selector.hellos.map(\.sniKind) == [name == "192.0.2.1" ? .ipAddress : .invalid])
    }

    @Test func `a connection serves the names of its credential`() throws {
        let credential = try authority.credential("a.example", "*.b.example")
        let ends = try ends(TestSelector { _ in .serve(credential) }, name: "a.example")
        #expect(ends.handshake().server.isDone)
        #expect(ends.server.serves(ServerName("x.b.example")!))
        #expect(!ends.server.serves(ServerName("b.example")!))
    }
}
