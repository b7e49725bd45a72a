// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import Networking
import Provisioning
import TLS
import Testing

/// One flight a name, its result and its error shared; permission before DNS before the order.
@Suite struct FlightTests {
    @Test func `visitors of one name share one order and its certificate`() async throws {
        let edge = try await Edge(loopCount: 2)
        edge.issuer.closeGate()
        async let visits = withTaskGroup { group in
            for index in 0..<20 {
                group.addTask { await edge.visit("a.example.com", loop: index % 2) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try await edge.until { await edge.provisioner.load.held == 20 }
        #expect(await edge.provisioner.load.flights == 1)
        edge.issuer.openGate()
        let all = await visits
        #expect(all.allSatisfy { $0 == all[0] && $0.certificate != nil })
        #expect(edge.issuer.orders.count == 1)
        #expect(await edge.provisioner.load == (0, 0))
    }

    @Test func `visitors of one name share its error`() async throws {
        let edge = try await Edge()
        edge.issuer.closeGate()
        edge.issuer.set { $0.error = .validation }
        async let visits = withTaskGroup { group in
            for _ in 0..<20 { group.addTask { await edge.visit("a.example.com") } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        try await edge.until { await edge.provisioner.load.held == 20 }
        edge.issuer.openGate()
        #expect(await visits.allSatisfy { $0 == .refused(.internalError) })
        #expect(edge.issuer.orders.count == 1)
        #expect(edge.events.kinds == ["failed"])
        guard case .failed(_, _, .domain, _, let until)? = edge.events.all.first else { return }
        #expect(until == edge.clock.now + .seconds(60))
    }

    @Test func `a handshake waits no longer than its hold, the flight goes on`() async throws {
        let edge = try await Edge(hold: .milliseconds(20))
        edge.issuer.closeGate()
        #expect(await edge.visit("a.example.com") == .refused(.internalError))
        #expect(await edge.visit("a.example.com") == .refused(.internalError))
        #expect(await edge.provisioner.load == (0, 1))
        edge.issuer.openGate()
        try await edge.until { await edge.provisioner.load.flights == 0 }
        #expect(await edge.visit("a.example.com").certificate != nil)
        #expect(edge.issuer.orders.count == 1)
        #expect(edge.events.kinds == ["delayed", "provisioned"])
    }

    @Test func `a client that leaves frees its place, the flight goes on`() async throws {
        let edge = try await Edge()
        edge.issuer.closeGate()
        let hold = Hold(
            name: name("a.example.com"), source: HoldSource(addressBytes: [192, 0, 2, 1]),
            deadline: .now + .seconds(60))
        async let outcome = edge.provisioner.certificate(for: hold)
        try await edge.until { await edge.provisioner.load.held == 1 }
        edge.provisioner.abandon(hold)
        guard case .failure(.abandoned) = await outcome else {
            Issue.record("still waiting")
            return
        }
        #expect(await edge.provisioner.load == (0, 1))
        edge.issuer.openGate()
        try await edge.until { await edge.provisioner.load.flights == 0 }
        #expect(await edge.visit("a.example.com").certificate != nil)
        #expect(edge.issuer.orders.count == 1)
    }

    @Test func `every step is timed and reported`() async throws {
        let permission = ScriptedPermission()
        let edge = try await Edge { $0.permission = permission }
        _ = await edge.visit("a.example.com")
        guard case .provisioned(let host, let metadata, let times)? = edge.events.all.first else {
            Issue.record("\(edge.events.kinds)")
            return
        }
        #expect(host == name("a.example.com"))
        #expect(metadata.provenance.issuer == "scripted")
        #expect(
            times.map(\.step) == [.permission, .eligibility, .order, .finalize, .store, .publish])
        #expect(edge.metadata("a.example.com") == metadata)
        #expect(metadata.provenance.renewAt != nil)
    }

    // MARK: Gates

    @Test func `what is stored is served though on_demand is off`() async throws {
        let edge = try await Edge { $0.onDemand = false }
        try edge.copyIn(edge.issuer.pair([.exact(name("a.example.com"))]), as: "a.example.com")
        #expect(await edge.visit("a.example.com").certificate != nil)
        #expect(await edge.visit("b.example.com") == .refused(.unrecognizedName))
        #expect(edge.issuer.orders.isEmpty)
        #expect(edge.check.count == 0)
    }

    @Test func `a name is registered by its directory`() async throws {
        let edge = try await Edge { $0.registeredOnly = true }
        #expect(await edge.visit("a.example.com") == .refused(.unrecognizedName))
        #expect(edge.check.count == 0)
        try edge.copyIn(
            edge.issuer.pair([.exact(name("b.example.com"))]), as: "b.example.com", chain: false,
            key: false)
        #expect(await edge.visit("b.example.com").certificate != nil)
    }

    @Test(arguments: [
        (PermissionAnswer.denied("no"), TLSAlert.unrecognizedName),
        (.unanswered("timed out"), .internalError),
    ])
    func `without permission there is no DNS and no order, for a minute`(
        answer: PermissionAnswer, alert: TLSAlert
    ) async throws {
        let permission = ScriptedPermission()
        permission.answer(answer, for: name("a.example.com"))
        let edge = try await Edge { $0.permission = permission }
        #expect(await edge.visit("a.example.com") == .refused(alert))
        #expect(await edge.visit("a.example.com") == .refused(alert))
        #expect(permission.count == 1)
        #expect(edge.check.count == 0)
        #expect(edge.issuer.orders.isEmpty)
        edge.clock.advance(by: .seconds(60))
        _ = await edge.visit("a.example.com")
        #expect(permission.count == 2)
    }

    @Test func `a name that leads elsewhere is no order, and the evidence is reported`()
        async throws
    {
        let edge = try await Edge()
        edge.check.point(name("a.example.com"), at: .strayAddress)
        #expect(await edge.visit("a.example.com") == .refused(.unrecognizedName))
        #expect(edge.issuer.orders.isEmpty)
        guard case .refused(_, .notEligible, let why, _, let until)? = edge.events.all.first else {
            Issue.record("\(edge.events.kinds)")
            return
        }
        #expect(why.contains("the records say otherwise"))
        #expect(until == edge.clock.now + .seconds(30))
    }

    @Test func `a quota waits as long as the CA says`() async throws {
        let edge = try await Edge()
        edge.issuer.set { $0.error = .rateLimited(retryAfter: .seconds(7200)) }
        #expect(await edge.visit("a.example.com") == .refused(.internalError))
        edge.clock.advance(by: .seconds(7199))
        _ = await edge.visit("a.example.com")
        #expect(edge.issuer.orders.count == 1)
        edge.clock.advance(by: .seconds(1))
        _ = await edge.visit("a.example.com")
        #expect(edge.issuer.orders.count == 2)
    }
}
