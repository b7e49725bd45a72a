// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Networking
import Provisioning
import Proxy
import TLS
import TestSupport
import Testing

@testable import nameplate

/// The edge as `run` builds it, in the world of the demo: its own DNS, its own CA, an application.
@Suite struct EdgeTests {
    private func play(_ body: (DemoWorld) async throws -> Void) async throws {
        let world = try await DemoWorld()
        defer { world.removeFiles() }
        try await body(world)
        await world.end()
    }

    /// What the plain port answers, as text.
    private func plain(
        _ world: DemoWorld, host: String, path: String = "/", method: String = "GET"
    ) async throws -> String {
        let address = try #require(await world.edge.configuration.listen.http.first)
        let loop = try EventLoop(name: "visitor")
        defer { loop.shutdown() }
        return try await loop.call {
            do {
                let socket = try await TCPSocket.connect(
                    to: address, on: loop, timeout: .seconds(5))
                let channel = Channel(Transport(socket))
                channel.allow(.seconds(20))
                channel.output.append(
                    "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
                try await channel.flush()
                while try await channel.fill() > 0 {}
                let count = channel.input.readableCount
                defer { channel.close() }
                return Result<String, any Error>.success(
                    String(decoding: channel.input.take(count), as: UTF8.self))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    @Test
    func `a first visit is answered over a certificate that did not exist, the next from memory`()
        async throws
    {
        try await play { world in
            #expect(world.certificate(of: world.customer) == nil)
            let first = try await world.visit(world.customer)
            #expect(first.status == 200)
            #expect(first.greeting.hasSuffix("by https to \(world.customer)"))
            let certificate = try #require(world.certificate(of: world.customer))
            #expect(certificate.covers(world.customer))
            #expect(world.record.steps(of: world.customer).map(\.step).contains(.eligibility))
            let second = try await world.visit(world.customer)
            #expect(second.status == 200)
            #expect(world.certificate(of: world.customer)?.serialHex == certificate.serialHex)
        }
    }

    @Test func `a name that points elsewhere is refused with unrecognized_name`() async throws {
        try await play { world in
            let stranger = try #require(ServerName("stranger.example.test"))
            await #expect {
                _ = try await world.visit(stranger)
            } throws: { error in
                "\(error)".contains("unrecognized_name")
                    && "\(error)".contains("is refused: not_found")
            }
        }
    }

    @Test func `the plain port redirects those that are served or would be, and nobody else`()
        async throws
    {
        try await play { world in
            let location = "Location: https://\(world.customer)/a?b=c"
            let before = try await plain(world, host: world.customer.text, path: "/a?b=c")
            #expect(before.hasPrefix("HTTP/1.1 308 ") && before.contains("\(location)\r\n"))
            #expect(world.certificate(of: world.customer) == nil, "a redirect orders nothing")
            _ = try await world.visit(world.customer)
            let after = try await plain(world, host: "\(world.customer):8080", path: "/a?b=c")
            #expect(
                after.contains("Location: https://\(world.customer):\(world.httpsPort)/a?b=c\r\n"))
            for host in ["stranger.example.test", "127.0.0.1", "localhost"] {
                let answer = try await plain(world, host: host)
                #expect(answer.hasPrefix("HTTP/1.1 404 "), "\(host): \(answer)")
            }
        }
    }

    @Test func `the plain port answers challenges on show only`() async throws {
        try await play { world in
            let path = "/.well-known/acme-challenge/no-such-token"
            let answer = try await plain(world, host: world.customer.text, path: path)
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
            #expect(try await plain(world, host: "x y").hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `a changed configuration moves a listener; a bad one changes nothing`() async throws
    {
        try await play { world in
            let before = await world.edge.configuration.listen
            var changed = await world.edge.configuration
            changed.listen.http = [SocketAddress(ip: .v4(0x7f00_0001), port: Ports.free())]
            try await world.edge.reload(changed)
            #expect(await world.edge.configuration.listen.http == changed.listen.http)
            #expect(await world.edge.configuration.listen.https == before.https)
            #expect(try await plain(world, host: "localhost").hasPrefix("HTTP/1.1 404 "))

            var taken = changed
            taken.listen.http = [world.application]
            await #expect {
                try await world.edge.reload(taken)
            } throws: { error in
                "\(error)".hasSuffix("Address already in use; another program listens there")
            }
            #expect(await world.edge.configuration.listen.http == changed.listen.http)
            #expect(try await world.visit(world.customer).status == 200)
        }
    }

    @Test func `an expired certificate of the operator's is reported, and the rest serve`()
        async throws
    {
        try await play { world in
            let validity = Date(timeIntervalSinceNow: -7200)..<Date(timeIntervalSinceNow: -3600)
            let key = try PrivateKey.generate(.p256)
            let authority = try CertificateAuthority.create(
                commonName: "Test CA", validity: validity)
            let name = try #require(CertificateName("old.example.test"))
            let chain = try authority.issue(names: [name], key: key, validity: validity)
            var changed = await world.edge.configuration
            changed.certificates = [
                OperatorCertificate(
                    pair: CertificatePair(
                        chain: try chain.pem, key: try key.pem,
                        credential: try Credential(chain: chain, key: key), chainPath: "old.pem"),
                    isDefault: true)
            ]
            #expect(changed.remarks.first?.hasPrefix("certificates: old.pem expired on ") == true)
            try await world.edge.reload(changed)
            #expect(try await world.visit(world.customer).status == 200)
        }
    }

    @Test func `another application is asked from the next request on`() async throws {
        try await play { world in
            #expect(try await world.visit(world.customer).status == 200)
            var changed = await world.edge.configuration
            let nobody = "http://127.0.0.1:\(Ports.free())"
            changed.applicationURLs = [try #require(OriginURL(nobody))]
            try await world.edge.reload(changed)
            await #expect {
                _ = try await world.visit(world.customer)
            } throws: { "\($0)".contains("status 502") }
        }
    }
}

@Suite struct PlainPortTests {
    @Test(arguments: [
        ("/.well-known/acme-challenge/abc", "abc"), ("/.well-known/acme-challenge/", ""),
        ("/.well-known/acme-challenge", nil), ("/x/.well-known/acme-challenge/abc", nil),
        ("/", nil),
    ])
    func `a challenge's path carries its token`(path: String, token: String?) {
        #expect(PlainPort.challengeToken(in: path) == token)
    }

    @Test(
        arguments: [
            (nil, 443, ""), (80, 443, ""), (8080, 443, ""), (nil, 8443, ""), (80, 8443, ""),
            (8080, 8443, ":8443"),
        ] as [(UInt16?, UInt16, String)])
    func `a redirect leads to the port that the client can reach`(
        port: UInt16?, httpsPort: UInt16, suffix: String
    ) throws {
        let host = try #require(ServerName("shop.example.test"))
        #expect(
            PlainPort.location(host: host, port: port, httpsPort: httpsPort, target: "/a?b")
                == "https://shop.example.test\(suffix)/a?b")
    }
}
