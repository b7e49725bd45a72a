// SPDX-License-Identifier: Apache-2.0
import ACME
import Networking
import Registry
import Synchronization
import TLS
import Testing

@testable import Provisioning

/// Orders of the management: which proof each name takes, who waits for them, and what follows.
@Suite struct ManagedOrderTests {
    private static let zone = ChallengeZoneName(name("acme.edge.example"))
    private let shop = CertificateName("shop.example.com")!
    private let wildcard = CertificateName("*.shop.example.com")!

    private func edge() async throws -> Edge {
        let edge = try await Edge(loopCount: 2) { $0.zone = Self.zone }
        edge.issuer.set { $0.methods = ["tls-alpn-01", "dns-01"] }
        return edge
    }

    private func order(
        _ names: [CertificateName], of edge: Edge, isAwaited: Bool = true,
        _ stages: Stages = Stages()
    ) async -> Result<IssuedCertificate, OrderFailure> {
        await edge.provisioner.order(
            ManagedOrder(names: names, key: .fresh(.p256), isAwaited: isAwaited),
            progress: stages.add)
    }

    private func install(
        _ issued: IssuedCertificate, as directories: [CertificateName], in edge: Edge
    ) async throws {
        try await edge.provisioner.install(
            issued.chain, try #require(issued.key), as: directories, provenance: Provenance())
    }

    @Test func `a name that points here and a delegated wildcard are in one certificate`()
        async throws
    {
        let edge = try await edge()
        edge.check.delegate(shop.base)
        let stages = Stages()
        let issued = try await order([shop, wildcard], of: edge, stages).get()
        #expect(edge.issuer.orders == [[shop, wildcard]])
        #expect(edge.issuer.asked == [shop: [.tlsALPN01, .http01], wildcard: [.dns01]])
        #expect(stages.all.first == .checking && stages.all.last == .downloaded)
        try await install(issued, as: [shop, wildcard], in: edge)
        for host in ["shop.example.com", "a.shop.example.com"] {
            for loop in 0..<2 {
                #expect(await edge.visit(host, loop: loop).certificate == issued.chain.leaf)
            }
        }
        #expect(edge.issuer.orders.count == 1)
        #expect(edge.metadata("*.shop.example.com") != nil)
    }

    @Test func `a name that points elsewhere is proven where it is delegated to`() async throws {
        let edge = try await edge()
        edge.check.point(shop.base, at: .wrongTarget)
        guard case .failure(let failure) = await order([shop], of: edge) else {
            Issue.record("issued for a name that points elsewhere")
            return
        }
        #expect(failure.kind == .delegation && failure.code == "wrong_target")
        #expect(failure.name == shop && failure.blame == .domain)
        edge.check.delegate(shop.base)
        _ = try await order([shop], of: edge).get()
        #expect(edge.issuer.asked == [shop: [.dns01]])
    }

    @Test func `a wildcard that is not delegated is told the record to add`() async throws {
        let edge = try await edge()
        guard case .failure(let failure) = await order([wildcard], of: edge) else {
            Issue.record("issued without a proof")
            return
        }
        #expect(failure.kind == .delegation && failure.code == "not_delegated")
        let label = Self.zone.label(for: wildcard)
        #expect(
            failure.detail.contains(
                "_acme-challenge.shop.example.com. CNAME \(label).acme.edge.example."))
        #expect(edge.issuer.orders.isEmpty)
    }

    @Test func `a wildcard without a zone, or without dns-01, is the operator's to help`()
        async throws
    {
        let without = try await Edge()
        guard case .failure(let zoneless) = await order([wildcard], of: without) else { return }
        #expect(zoneless.code == "no_challenge_zone" && zoneless.blame == .operator)
        let edge = try await edge()
        edge.issuer.set { $0.methods = ["tls-alpn-01"] }
        edge.check.delegate(shop.base)
        guard case .failure(let unable) = await order([wildcard], of: edge) else { return }
        #expect(unable.code == "no_method" && unable.kind == .authorization)
        #expect(edge.issuer.orders.isEmpty && without.issuer.orders.isEmpty)
    }

    @Test func `a handshake waits for the order that is under way`() async throws {
        let edge = try await edge()
        edge.issuer.closeGate()
        async let result = order([shop], of: edge)
        try await edge.until { edge.issuer.orders.count == 1 }
        async let visit = edge.visit("shop.example.com")
        try await edge.until { await edge.provisioner.load.held == 1 }
        edge.issuer.openGate()
        let issued = try await result.get()
        // Between the order and its installation it goes on waiting.
        #expect(await edge.provisioner.load == (1, 1))
        try await install(issued, as: [shop], in: edge)
        #expect(await visit.certificate == issued.chain.leaf)
        #expect(edge.issuer.orders.count == 1)
        #expect(await edge.provisioner.load == (0, 0))
    }

    @Test func `those who wait share the order's failure`() async throws {
        let edge = try await edge()
        edge.issuer.closeGate()
        edge.issuer.set { $0.error = .validation }
        async let result = order([shop], of: edge)
        try await edge.until { edge.issuer.orders.count == 1 }
        async let visit = edge.visit("shop.example.com")
        try await edge.until { await edge.provisioner.load.held == 1 }
        edge.issuer.openGate()
        guard case .failure(let failure) = await result else { return }
        #expect(failure.kind == .authorization)
        #expect(await visit == .refused(.internalError))
    }

    @Test func `what visitors are being given is not ordered a second time`() async throws {
        let edge = try await edge()
        edge.issuer.closeGate()
        async let visit = edge.visit("shop.example.com")
        try await edge.until { edge.issuer.orders.count == 1 }
        // Told in the step that looks for what is under way.
        let stages = Stages()
        async let result = order([shop], of: edge, stages)
        try await edge.until { stages.all.contains(.checking) }
        edge.issuer.openGate()
        let issued = try await result.get()
        #expect(await visit.certificate == issued.chain.leaf)
        #expect(issued.chain.leaf.matches(try #require(issued.key)))
        #expect(edge.issuer.orders.count == 1)
    }

    @Test func `what is uninstalled is served by no loop and stored no more`() async throws {
        let edge = try await edge()
        let issued = try await order([shop], of: edge, isAwaited: false).get()
        try await install(issued, as: [shop], in: edge)
        #expect(await edge.visit("shop.example.com").certificate == issued.chain.leaf)
        try await edge.provisioner.uninstall(shop)
        #expect(edge.metadata("shop.example.com") == nil)
        #expect(await edge.certificatesInService() == 0)
    }

    @Test func `a client's request is certified, and its key never known`() async throws {
        let edge = try await edge()
        let key = try PrivateKey.generate(.p256)
        let request = try CertificateRequest.der(names: [shop], key: key)
        let internalIssuer = InternalIssuer(
            store: edge.store, keys: LeafKeys(on: edge.work), loop: edge.control)
        let issued = try await internalIssuer.issue(
            IssuanceRequest(names: [shop], key: .request(request)))
        #expect(issued.key == nil && issued.chain.leaf.matches(key))
        let given = try await internalIssuer.issue(
            IssuanceRequest(
                names: [shop, wildcard], key: .given(key, request: request)))
        #expect(given.chain.leaf.matches(key) && given.chain.leaf.names == [shop, wildcard])
    }

    /// RFC 8657 §4, name by name: what CAA says of one name is nothing to the other.
    @Test func `each name has the challenges that CAA leaves it`() {
        let request = IssuanceRequest(
            names: [shop, wildcard], methods: [wildcard: [.dns01]],
            permissions: [
                shop: [CAAPermission(issuer: "ca", methods: ["http-01"])],
                wildcard: [CAAPermission(issuer: "ca", methods: ["dns-01"])],
            ])
        #expect(request.permits("ca") && !request.permits("other"))
        #expect(
            request.permitted([.tlsALPN01, .http01, .dns01], to: "ca")
                == [shop: [.http01], wildcard: [.dns01]])
        // A wildcard is never proven by what answers at a host.
        let free = IssuanceRequest(names: [wildcard])
        #expect(free.permitted([.tlsALPN01, .dns01], to: "ca") == [wildcard: [.dns01]])
    }

    @Test func `a wildcard in service is renewed while it is delegated`() async throws {
        let edge = try await edge()
        edge.check.delegate(shop.base)
        await edge.renewal.start()
        try edge.copyIn(edge.issuer.pair([wildcard]), as: "*.shop.example.com")
        await edge.scan.pass()
        edge.clock.advance(by: .seconds(63 * 86_400))
        await edge.renewal.doWhatIsDue()
        try await edge.until { edge.events.kinds.contains("renewed") }
        #expect(edge.issuer.orders == [[wildcard]])
        #expect(edge.issuer.asked == [wildcard: [.dns01]])
        edge.check.delegate(shop.base, false)
        edge.clock.advance(by: .seconds(63 * 86_400))
        await edge.renewal.doWhatIsDue()
        try await edge.until { edge.events.kinds.contains("moved") }
        #expect(edge.issuer.orders.count == 1)
    }
}

/// The stages that were told.
private final class Stages: Sendable {
    private let stages = Mutex<[OrderStage]>([])

    var all: [OrderStage] { stages.withLock { $0 } }

    var add: @Sendable (OrderStage) -> Void {
        { stage in self.stages.withLock { $0.append(stage) } }
    }
}
