// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
import Networking
import Provisioning
import Storage
import TLS
import Testing

/// A store that does not take what it is given, and one that was left by an earlier process.
@Suite struct StoringTests {
    let edge: Edge
    let staging: URL

    init() async throws {
        edge = try await Edge()
        await edge.renewal.start()
        staging = URL(fileURLWithPath: "\(edge.path)/.staging")
    }

    private func breakStore() throws { try FileManager.default.removeItem(at: staging) }

    @Test func `a new certificate that cannot be stored is served from memory`() async throws {
        try breakStore()
        let visit = await edge.visit("a.example.com")
        #expect(visit.certificate != nil)
        #expect(edge.events.kinds.contains("storageFailed"))
        #expect(await edge.visit("a.example.com") == visit)
        await edge.scan.pass()
        #expect(await edge.visit("a.example.com") == visit)
        #expect(edge.issuer.orders.count == 1)
    }

    @Test func `a successor that cannot be stored waits, and is no second order`() async throws {
        let first = await edge.visit("a.example.com")
        try breakStore()
        edge.clock.advance(by: .seconds(63 * 86_400))
        await edge.renewal.doWhatIsDue()
        try await edge.until { [edge] in edge.events.kinds.contains("storageFailed") }
        await edge.onControl { await $0.loops.value.settled() }
        #expect(await edge.visit("a.example.com") == first)
        edge.clock.advance(by: .seconds(60))
        await edge.renewal.doWhatIsDue()
        #expect(edge.issuer.orders.count == 2)
    }

    @Test func `refusals and their ladders survive a restart`() async throws {
        edge.issuer.set { $0.error = .outage }
        edge.check.point(name("b.example.com"), at: .notFound, retryAfter: .seconds(200))
        _ = await edge.visit("a.example.com")
        edge.clock.advance(by: .seconds(60))
        _ = await edge.visit("a.example.com")
        _ = await edge.visit("b.example.com")
        await edge.onControl { await $0.refusals.value.save() }

        let copy = edge.path + "-copy"
        try FileManager.default.copyItem(atPath: edge.path, toPath: copy)
        let next = try await Edge(path: copy, clock: edge.clock)
        await next.onControl {
            await $0.refusals.value.load()
            await $0.loops.value.settled()
        }
        #expect(await next.visit("a.example.com") == .refused(.internalError))
        #expect(await next.visit("b.example.com") == .refused(.unrecognizedName))
        #expect(next.issuer.orders.isEmpty)
        #expect(next.check.count == 0)
        edge.clock.advance(by: .seconds(600))
        next.issuer.set { $0.error = .outage }
        _ = await next.visit("a.example.com")
        guard case .failed(_, _, _, _, let until)? = next.events.all.last else {
            Issue.record("\(next.events.kinds)")
            return
        }
        #expect(until == edge.clock.now + .seconds(6000))
    }

    @Test func `a memory of refusals that does not read costs nothing but a look`() async throws {
        let key = try #require(StorageKey("state", "refusals"))
        let later = Int(edge.clock.now.timeIntervalSince1970) + 100
        let text = "\(later) denied 0 a.example.com\nnonsense\n\(later) denied x b.example.com\n\n"
        try await edge.store.write([StoredFile("refusals", Array(text.utf8))], in: key)
        await edge.onControl {
            await $0.refusals.value.load()
            await $0.loops.value.settled()
        }
        #expect(await edge.visit("a.example.com") == .refused(.unrecognizedName))
        #expect(await edge.visit("b.example.com").certificate != nil)
    }
}
