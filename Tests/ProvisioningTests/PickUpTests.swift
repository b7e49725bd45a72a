// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
import Networking
import Provisioning
import TLS
import Testing

/// Pairs that somebody else puts into storage.
@Suite struct PickUpTests {
    let edge: Edge

    init() async throws {
        edge = try await Edge()
    }

    private func pair(
        _ host: String, validFor lifetime: Duration? = nil
    ) throws -> (chain: CertificateChain, key: PrivateKey) {
        try edge.issuer.pair([.exact(name(host))], validFor: lifetime)
    }

    @Test func `a pair that is copied in is served without an order, scanned or not`() async throws
    {
        let first = try pair("a.example.com")
        try edge.copyIn(first, as: "a.example.com")
        #expect(await edge.visit("a.example.com").certificate == first.chain.leaf)
        let second = try pair("b.example.com")
        try edge.copyIn(second, as: "b.example.com")
        await edge.scan.pass()
        await edge.onControl { await $0.loops.value.settled() }
        #expect(await edge.visit("b.example.com").certificate == second.chain.leaf)
        #expect(edge.issuer.orders.isEmpty)
        #expect(edge.events.all.isEmpty)
    }

    @Test func `what was read before it was removed does not come back into service`()
        async throws
    {
        let directory = CertificateName.exact(name("a.example.com"))
        let old = try edge.issuer.pair([directory])
        for reads in ["a handshake", "the scan"] {
            try edge.copyIn(old, as: "a.example.com")
            edge.gate.close()
            async let read: Void = {
                if reads == "the scan" { return await edge.scan.pass() }
                #expect(await edge.visit("a.example.com").certificate != old.chain.leaf)
            }()
            try await edge.until { edge.gate.waiting == 1 }
            try await edge.provisioner.uninstall(directory)
            edge.gate.open()
            await read
            let served = await edge.control.run { [table = edge.table] in
                try? table.value[directory]?.chain
            }
            #expect(try served != old.chain.pem, "\(reads)")
            try await edge.provisioner.uninstall(directory)
        }
    }

    @Test func `pairs that cannot serve are refused by name, once, and the rest serve`()
        async throws
    {
        let (good, other) = (try pair("good.example.com"), try pair("mixed.example.com"))
        try edge.copyIn(good, as: "good.example.com")
        try edge.copyIn((other.chain, good.key), as: "mixed.example.com")
        try edge.copyIn(try pair("old.example.com", validFor: .seconds(100)), as: "old.example.com")
        try edge.copyIn(other, as: "wrong.example.com")
        try edge.copyIn(other, as: "garbage.example.com")
        try Data("garbage".utf8).write(
            to: URL(fileURLWithPath: "\(edge.path)/domains/garbage.example.com/key.pem"))
        try FileManager.default.createDirectory(
            atPath: "\(edge.path)/domains/dir.example.com/key.pem",
            withIntermediateDirectories: true)
        edge.clock.advance(by: .seconds(100))
        await edge.scan.pass()
        await edge.scan.pass()
        let refused = edge.events.all.compactMap { event in
            if case .pairRefused(let name, _) = event { name } else { nil }
        }
        #expect(
            refused.sorted() == [
                "dir.example.com", "garbage.example.com", "mixed.example.com", "old.example.com",
                "wrong.example.com",
            ])
        await edge.onControl { await $0.loops.value.settled() }
        #expect(await edge.visit("good.example.com").certificate == good.chain.leaf)
    }

    @Test func `a half-copied pair is no error, and served when it is whole`() async throws {
        let whole = try pair("a.example.com")
        try edge.copyIn(whole, as: "a.example.com", key: false)
        await edge.scan.pass()
        #expect(edge.events.all.isEmpty)
        try edge.copyIn(whole, as: "a.example.com", chain: false)
        await edge.scan.pass()
        await edge.onControl { await $0.loops.value.settled() }
        #expect(await edge.visit("a.example.com").certificate == whole.chain.leaf)
        #expect(edge.issuer.orders.isEmpty)
    }

    @Test func `a broken replacement leaves the one in service alone`() async throws {
        let first = try pair("a.example.com")
        try edge.copyIn(first, as: "a.example.com")
        await edge.scan.pass()
        try edge.copyIn(try pair("a.example.com"), as: "a.example.com", key: false)
        await edge.scan.pass()
        await edge.onControl { await $0.loops.value.settled() }
        #expect(edge.events.kinds == ["pairRefused"])
        #expect(await edge.visit("a.example.com").certificate == first.chain.leaf)
    }

    @Test func `a directory that is removed is out of service`() async throws {
        edge.check.point(name("a.example.com"), at: .notFound)
        try edge.copyIn(try pair("a.example.com"), as: "a.example.com")
        await edge.scan.pass()
        try FileManager.default.removeItem(atPath: "\(edge.path)/domains/a.example.com")
        await edge.scan.pass()
        await edge.onControl { await $0.loops.value.settled() }
        #expect(await edge.visit("a.example.com") == .refused(.unrecognizedName))
    }

    @Test func `a refused pair is kept beside the one that is ordered in its place`() async throws {
        let wrong = try pair("other.example.com")
        try edge.copyIn(wrong, as: "a.example.com")
        #expect(
            await edge.visit("a.example.com").certificate?.covers(name("a.example.com")) == true)
        let kept = FileManager.default.contents(
            atPath: "\(edge.path)/domains/a.example.com/key.pem.refused")
        let key = try wrong.key.pem
        #expect(kept.map(Array.init) == key)
    }

    @Test func `an expired pair is ordered anew by its visitor`() async throws {
        try edge.copyIn(try pair("a.example.com", validFor: .seconds(50)), as: "a.example.com")
        edge.clock.advance(by: .seconds(60))
        #expect(await edge.visit("a.example.com").certificate != nil)
        #expect(edge.issuer.orders.count == 1)
        #expect(edge.events.kinds == ["pairRefused", "provisioned"])
    }

    @Test func `what is stored by us is not read again`() async throws {
        _ = await edge.visit("a.example.com")
        let before = await edge.control.run { [table = edge.table] in
            table.value[.exact(name("a.example.com"))].map { ObjectIdentifier($0) }
        }
        await edge.scan.pass()
        let after = await edge.control.run { [table = edge.table] in
            table.value[.exact(name("a.example.com"))].map { ObjectIdentifier($0) }
        }
        #expect(before != nil && before == after)
    }

    @Test func `all of a store is loaded after the start`() async throws {
        for index in 0..<300 {
            try edge.copyIn(try pair("\(index).example.com"), as: "\(index).example.com")
        }
        let running = edge.control.spawn { [edge] in await edge.scan.run() }
        try await edge.until { [edge] in !edge.events.all.isEmpty }
        running.cancel()
        guard case .loaded(certificates: 300)? = edge.events.all.first else {
            Issue.record("\(edge.events.all)")
            return
        }
    }
}
