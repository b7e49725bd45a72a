// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import Networking
import Provisioning
import TLS
import Testing

/// Where a handshake gets its certificate, in the order of `LoopCertificates`.
@Suite struct HandshakeTests {
    let edge: Edge

    init() async throws {
        edge = try await Edge(loopCount: 2)
    }

    @Test(arguments: [nil, "192.0.2.1", "not_a_name", "localhost"])
    func `no name, an address and an invalid name are refused`(host: String?) async {
        #expect(await edge.visit(host) == .refused(.unrecognizedName))
        #expect(edge.issuer.orders.isEmpty)
    }

    @Test func `no name gets the default, an unknown name does not`() async throws {
        let (chain, key) = try edge.issuer.pair([.exact(name("ours.example.com"))])
        let own = try StoredCertificate(
            directory: nil, chain: try chain.pem, key: try key.pem, at: edge.clock.now)
        await edge.onControl { $0.table.value.setConfigured([own], default: own) }
        #expect(await edge.visit(nil).certificate == chain.leaf)
        #expect(await edge.visit("ours.example.com").certificate == chain.leaf)
        edge.check.point(name("other.example.com"), at: .notFound)
        #expect(await edge.visit("other.example.com") == .refused(.unrecognizedName))
        await edge.onControl { $0.table.value.setConfigured([], default: nil) }
        #expect(await edge.visit(nil) == .refused(.unrecognizedName))
    }

    @Test func `a CA gets the challenge certificate on every loop, others never`() async throws {
        let table = ChallengeTable(loops: edge.loops)
        let response = ChallengeResponse.tlsALPN01(
            name: name("a.example.com"), digest: [UInt8](repeating: 7, count: 32))
        #expect(await edge.visit("a.example.com", acme: true) == .refused(.unrecognizedName))
        try await table.present(response)
        let first = await edge.visit("a.example.com", acme: true, loop: 0).certificate
        let second = await edge.visit("a.example.com", acme: true, loop: 1).certificate
        #expect(first != nil && first == second)
        #expect(await edge.visit("b.example.com", acme: true) == .refused(.unrecognizedName))
        #expect(await edge.visit("a.example.com").certificate != first)
        await table.withdraw(response)
        await edge.onControl { await $0.loops.value.settled() }
        #expect(await edge.visit("a.example.com", acme: true) == .refused(.unrecognizedName))
    }

    @Test func `http-01 answers the name it was made for, on every loop`() async throws {
        let table = ChallengeTable(loops: edge.loops)
        let response = ChallengeResponse.http01(
            name: name("a.example.com"), token: "token", keyAuthorization: "token.thumb")
        try await table.present(response)
        for certificates in edge.certificates {
            let answers = await certificates.loop.run {
                ["a.example.com", "b.example.com"].map {
                    certificates.value.keyAuthorization(token: "token", host: name($0))
                }
            }
            #expect(answers == ["token.thumb", nil])
        }
        await #expect(throws: ChallengeTable.Failure.self) {
            try await table.present(.dns01(name: name("a.example.com"), record: "x"))
        }
    }

    @Test func `challenge responses on show are bounded`() async throws {
        let table = ChallengeTable(loops: edge.loops)
        for index in 0..<ChallengeTable.capacity {
            try await table.present(
                .http01(
                    name: name("a.example.com"), token: "\(index)", keyAuthorization: "x"))
        }
        await #expect(throws: ChallengeTable.Failure.self) {
            try await table.present(
                .http01(name: name("a.example.com"), token: "more", keyAuthorization: "x"))
        }
    }

    @Test func `a first visit is served, and the next from memory on every loop`() async {
        let first = await edge.visit("a.example.com")
        #expect(first.certificate?.names == [.exact(name("a.example.com"))])
        #expect(await edge.visit("a.example.com", loop: 0) == first)
        #expect(await edge.visit("a.example.com", loop: 1) == first)
        #expect(edge.issuer.orders.count == 1)
        let served = await edge.data[0].run { [certificates = edge.certificates[0]] in
            certificates.value.serves(name("a.example.com"))
        }
        #expect(served)
    }

    @Test func `a wildcard serves its hosts, an exact name beats it even when it was cached`()
        async throws
    {
        try edge.copyIn(
            edge.issuer.pair([.wildcard(of: name("example.com"))]), as: "*.example.com")
        await edge.scan.pass()
        let wild = await edge.visit("a.example.com")
        #expect(wild.certificate?.names == [.wildcard(of: name("example.com"))])
        #expect(edge.issuer.orders.isEmpty)
        try edge.copyIn(edge.issuer.pair([.exact(name("a.example.com"))]), as: "a.example.com")
        await edge.scan.pass()
        let exact = await edge.visit("a.example.com")
        #expect(exact.certificate?.names == [.exact(name("a.example.com"))])
        #expect(await edge.visit("b.example.com") == wild)
    }

    @Test func `a refused name is refused from memory: nobody is asked again`() async {
        edge.check.point(name("a.example.com"), at: .wrongTarget, retryAfter: .seconds(100))
        #expect(await edge.visit("a.example.com") == .refused(.unrecognizedName))
        #expect(await edge.visit("a.example.com", loop: 0) == .refused(.unrecognizedName))
        #expect(await edge.visit("a.example.com", loop: 1) == .refused(.unrecognizedName))
        #expect(edge.check.count == 1)
        #expect(edge.events.kinds == ["refused"])
        edge.clock.advance(by: .seconds(100))
        edge.check.point(name("a.example.com"), at: nil)
        #expect(await edge.visit("a.example.com").certificate != nil)
    }

    @Test func `a failing CA is an internal error, from memory too`() async {
        edge.issuer.set { $0.error = .outage }
        #expect(await edge.visit("a.example.com") == .refused(.internalError))
        #expect(await edge.visit("a.example.com", loop: 1) == .refused(.internalError))
        #expect(edge.issuer.orders.count == 1)
        guard case .failed(_, _, .issuer, let why, _)? = edge.events.all.last else {
            Issue.record("no failure in \(edge.events.kinds)")
            return
        }
        #expect(why.contains("no luck today"))
        edge.clock.advance(by: .seconds(60))
        edge.issuer.set { $0.error = nil }
        #expect(await edge.visit("a.example.com").certificate != nil)
    }

    @Test func `a swap reaches loops that have the old one in their cache`() async throws {
        let old = await edge.visit("a.example.com", loop: 1)
        try edge.copyIn(edge.issuer.pair([.exact(name("a.example.com"))]), as: "a.example.com")
        await edge.scan.pass()
        await edge.onControl { await $0.loops.value.settled() }
        let new = await edge.visit("a.example.com", loop: 1)
        #expect(new.certificate != nil && new != old)
        #expect(await edge.visit("a.example.com", loop: 0) == new)
    }

    @Test func `beyond the table's capacity certificates are served from the loops' caches`()
        async throws
    {
        let edge = try await Edge(credentials: 10, capacity: 2)
        for index in 0..<5 {
            #expect(await edge.visit("\(index).example.com").certificate != nil)
        }
        let again = await edge.visit("4.example.com")
        #expect(again.certificate != nil)
        #expect(edge.issuer.orders.count == 5)
        #expect(await edge.certificatesInService() == 2)
    }

    @Test func `a cache smaller than what is served serves all`() async throws {
        let edge = try await Edge(credentials: 2)
        for _ in 0..<3 {
            for index in 0..<4 {
                #expect(await edge.visit("\(index).example.com").certificate != nil)
            }
        }
        #expect(edge.issuer.orders.count == 4)
    }
}
