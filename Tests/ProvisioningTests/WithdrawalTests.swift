// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Networking
import Provisioning
import TLS
import Testing

/// Names that were deprovisioned.
@Suite struct WithdrawalTests {
    let edge: Edge

    init() async throws {
        edge = try await Edge(loopCount: 2)
    }

    private func visits(_ host: String) async -> [Edge.Visit] {
        [await edge.visit(host, loop: 0), await edge.visit(host, loop: 1)]
    }

    private static let refused: [Edge.Visit] = Array(
        repeating: .refused(.unrecognizedName), count: 2)

    @Test func `the next handshake is refused on every loop, and none orders again`() async {
        let served = await visits("a.example.com")
        #expect(served.allSatisfy { $0.certificate != nil })
        await edge.provisioner.withdraw([.exact(name("a.example.com"))])
        #expect(await visits("a.example.com") == Self.refused)
        #expect(await !edge.provisioner.wouldServe(name("a.example.com")))
        #expect(edge.issuer.orders.count == 1)
        let answers = await edge.data[1].run { [certificates = edge.certificates[1]] in
            [
                certificates.value.serves(name("a.example.com")),
                certificates.value.refuses(name("a.example.com")),
            ]
        }
        #expect(answers == [false, true])

        await edge.provisioner.restore([.exact(name("a.example.com"))])
        #expect(await visits("a.example.com") == served)
    }

    @Test func `neither a wildcard nor another certificate's second name serves it`() async throws {
        let wild = try edge.issuer.pair([.wildcard(of: name("example.com"))])
        let two = try edge.issuer.pair([.exact(name("a.test")), .exact(name("b.test"))])
        try edge.copyIn(wild, as: "*.example.com")
        try edge.copyIn(two, as: "a.test")
        await edge.scan.pass()
        await edge.provisioner.withdraw([
            .exact(name("x.example.com")), .exact(name("b.test")),
        ])
        #expect(await visits("x.example.com") == Self.refused)
        #expect(await visits("b.test") == Self.refused)
        #expect(await edge.visit("y.example.com").certificate == wild.chain.leaf)
        #expect(await edge.visit("a.test").certificate == two.chain.leaf)
        #expect(edge.issuer.orders.isEmpty)
    }

    @Test func `a withdrawn wildcard takes its hosts along, save those known by their own name`()
        async throws
    {
        let own = try edge.issuer.pair([.exact(name("own.example.com"))])
        try edge.copyIn(own, as: "own.example.com")
        await edge.scan.pass()
        await edge.provisioner.withdraw([.wildcard(of: name("example.com"))])
        #expect(await visits("x.example.com") == Self.refused)
        #expect(await edge.visit("own.example.com").certificate == own.chain.leaf)
        #expect(await edge.visit("example.com").certificate != nil)
        #expect(edge.issuer.orders == [[.exact(name("example.com"))]])
    }

    @Test func `a loop that comes later knows, and is told of what changes`() async throws {
        await edge.provisioner.withdraw([.exact(name("a.example.com"))])
        let loop = edge.data[0]
        let late = LoopBound(
            LoopCertificates(loop: loop, provisioner: edge.provisioner), on: loop)
        await edge.onControl { [loops = edge.loops] _ in
            loops.value.attach(late)
            await loops.value.settled()
        }
        #expect(await loop.run { late.value.refuses(name("a.example.com")) })
        await edge.provisioner.restore([.exact(name("a.example.com"))])
        #expect(await loop.run { !late.value.refuses(name("a.example.com")) })
    }

    @Test func `what is withdrawn on the way is neither served nor stored`() async throws {
        edge.issuer.closeGate()
        async let visit = edge.visit("a.example.com")
        try await edge.until { [issuer = edge.issuer] in !issuer.orders.isEmpty }
        await edge.provisioner.withdraw([.exact(name("a.example.com"))])
        edge.issuer.openGate()
        #expect(await visit == .refused(.unrecognizedName))
        #expect(await edge.certificatesInService() == 0)
    }
}
