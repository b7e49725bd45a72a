// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import Networking
import Provisioning
import TLS
import Testing

/// Certificates are replaced in the background, visited or not, and the one in service is safe.
@Suite struct RenewalTests {
    let edge: Edge
    let host = name("a.example.com")
    let day = Duration.seconds(86_400)

    init() async throws {
        edge = try await Edge(lifetime: .seconds(90 * 86_400))
        await edge.renewal.start()
    }

    private func settle() async {
        await edge.onControl { await $0.loops.value.settled() }
    }

    private func serve() async -> Edge.Visit {
        await settle()
        return await edge.visit("a.example.com")
    }

    @Test func `nothing happens before it is due, then the swap reaches the loops`() async throws {
        let first = await serve()
        edge.clock.advance(by: day * 57)
        await edge.renewal.doWhatIsDue()
        #expect(edge.issuer.orders.count == 1)
        edge.clock.advance(by: day * 6)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("renewed") }
        let second = await serve()
        #expect(second.certificate != nil && second != first)
        #expect(edge.issuer.orders.count == 2)
        #expect(edge.metadata("a.example.com")?.notAfter == second.certificate?.notAfter)
    }

    @Test func `a pair that was copied in and never visited is renewed`() async throws {
        let start = edge.clock.now
        try edge.copyIn(
            edge.issuer.pair([.exact(host)], validFor: day * 30, since: start), as: "a.example.com")
        await edge.scan.pass()
        edge.clock.advance(by: day * 22)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("renewed") }
        #expect(edge.metadata("a.example.com")?.provenance.issuer == "scripted")
    }

    @Test func `a domain that moved is reported once and not ordered; it may come back`()
        async throws
    {
        let first = await serve()
        edge.check.point(host, at: .wrongTarget)
        edge.clock.advance(by: day * 63)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("moved") }
        try await edge.until { [edge] in await edge.renewal.agenda.renewals == 1 }
        #expect(edge.metadata("a.example.com")?.provenance.movedAt != nil)
        edge.clock.advance(by: day)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.check.count == 3 }
        try await edge.until { [edge] in await edge.renewal.agenda.renewals == 1 }
        #expect(await serve() == first)
        #expect(edge.issuer.orders.count == 1)
        #expect(edge.events.kinds.filter { $0 == "moved" }.count == 1)

        edge.check.point(host, at: nil)
        edge.clock.advance(by: day * 2)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("renewed") }
        #expect(edge.events.kinds.contains("returned"))
        #expect(edge.metadata("a.example.com")?.provenance.movedAt == nil)
    }

    @Test func `a moved domain is let go when its certificate is over`() async throws {
        _ = await serve()
        edge.check.point(host, at: .notFound)
        edge.clock.advance(by: day * 63)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in await edge.renewal.agenda.renewals == 1 }
        #expect(edge.metadata("a.example.com")?.provenance.movedAt != nil)
        edge.clock.advance(by: day * 30)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in
            await edge.certificatesInService() == 0
        }
        #expect(edge.issuer.orders.count == 1)
    }

    @Test func `a failed renewal backs off, and the old one serves on`() async throws {
        let first = await serve()
        edge.issuer.set { $0.error = .outage }
        edge.clock.advance(by: day * 63)
        for minutes in [1, 10, 100] {
            let before = edge.issuer.orders.count
            await edge.renewal.doWhatIsDue()
            try await edge.until { [edge] in
                edge.events.kinds.filter { $0 == "failed" }.count == before
            }
            try await edge.until { [edge] in await edge.renewal.agenda.renewals == 1 }
            #expect(await serve() == first)
            edge.clock.advance(by: .seconds(minutes * 60 - 1))
            await edge.renewal.doWhatIsDue()
            #expect(edge.issuer.orders.count == before + 1)
            edge.clock.advance(by: .seconds(1))
        }
        edge.issuer.set { $0.error = nil }
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("renewed") }
        #expect(await serve() != first)
    }

    @Test func `trouble with DNS is not a move`() async throws {
        _ = await serve()
        edge.check.point(host, at: .noAnswer)
        edge.clock.advance(by: day * 63)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("failed") }
        #expect(edge.metadata("a.example.com")?.provenance.movedAt == nil)
        #expect(edge.issuer.orders.count == 1)
    }

    @Test func `the CA's window comes before the lifetime's share`() async throws {
        let start = edge.clock.now
        let due = start + day * 10
        edge.issuer.set {
            $0.window = due..<(due + .seconds(60))
            $0.retryAfter = .seconds(7200)
        }
        _ = await serve()
        edge.clock.advance(by: .seconds(3600))
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in
            let questions = await edge.renewal.agenda.questions
            return edge.issuer.questions == 1 && questions == 1
        }
        let renewAt = try #require(edge.metadata("a.example.com")?.provenance.renewAt)
        #expect(renewAt >= due - 1 && renewAt <= due + .seconds(60))
        edge.clock.advance(by: .seconds(7199))
        await edge.renewal.doWhatIsDue()
        #expect(edge.issuer.questions == 1)
        edge.clock.advance(by: .seconds(1))
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in
            let questions = await edge.renewal.agenda.questions
            return edge.issuer.questions == 2 && questions == 1
        }
        edge.clock.advance(by: day * 10)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("renewed") }
    }

    @Test func `a wildcard is not renewed without a challenge zone, and says so`() async throws {
        try edge.copyIn(
            edge.issuer.pair([.wildcard(of: name("example.com"))]), as: "*.example.com")
        await edge.scan.pass()
        edge.clock.advance(by: day * 63)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("failed") }
        #expect(edge.issuer.orders.isEmpty)
    }

    @Test func `a further name that has left is left out of the successor`() async throws {
        let names = [host, name("b.example.com"), name("c.example.com")]
        try edge.copyIn(edge.issuer.pair(names.map { .exact($0) }), as: "a.example.com")
        await edge.scan.pass()
        edge.check.point(names[1], at: .notFound)
        edge.clock.advance(by: day * 63)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("renewed") }
        #expect(edge.issuer.orders == [[.exact(names[0]), .exact(names[2])]])
    }

    @Test func `many that are due at once are renewed a few at a time`() async throws {
        for index in 0..<40 {
            try edge.copyIn(
                edge.issuer.pair([.exact(name("\(index).example.com"))]),
                as: "\(index).example.com")
        }
        await edge.scan.pass()
        edge.issuer.closeGate()
        edge.clock.advance(by: day * 63)
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.issuer.orders.count == 16 }
        await edge.renewal.doWhatIsDue()
        #expect(edge.issuer.orders.count == 16)
        edge.issuer.openGate()
        try await edge.until { [edge] in
            edge.events.kinds.filter { $0 == "renewed" }.count == 40
        }
    }
}
