// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Provisioning
import Storage
import TLS
import Testing

/// The CA of our own.
@Suite struct IssuerInternalTests {
    let request = IssuanceRequest(names: [CertificateName("a.example")!])

    private func bench(
        _ body: (URL, () -> InternalIssuer) async throws -> Void
    ) async throws {
        let root = FileManager.default.temporaryDirectory
            .appendingPathComponent("nameplate-internal-\(UInt64.random(in: 0 ..< .max))")
        let loop = try EventLoop(name: "storage")
        defer {
            loop.shutdown()
            try? FileManager.default.removeItem(at: root)
        }
        let store = try FileStore(root: root.path, on: loop)
        try await body(root) {
            InternalIssuer(
                store: store, keys: LeafKeys(on: loop), loop: loop, leafLifetime: .seconds(120))
        }
    }

    @Test func `it issues at once, for as long as it is told`() async throws {
        try await bench { _, issuer in
            let issued = try await issuer().issue(request)
            let leaf = issued.chain.leaf
            #expect(leaf.matches(try #require(issued.key)))
            #expect(leaf.names == [.exact(ServerName("a.example")!)])
            #expect(leaf.issuerCommonName == "Nameplate internal CA")
            // A minute of it lies in the past.
            #expect(leaf.notAfter.timeIntervalSince(leaf.notBefore) == 180)
            #expect(issued.orderURL == nil)
        }
    }

    @Test func `the root stays the same over restarts, in the store`() async throws {
        try await bench { root, issuer in
            let first = try await issuer().root()
            let issued = try await issuer().issue(request)
            #expect(issued.chain.intermediates == [first])
            let pem = try Data(contentsOf: root.appendingPathComponent("accounts/internal/ca.pem"))
            #expect(try Certificate(pem: [UInt8](pem)) == first)
        }
    }

    @Test func `fifty first certificates at once are of one root`() async throws {
        try await bench { _, issuer in
            let one = issuer()
            let roots = try await withThrowingTaskGroup(of: Certificate?.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await one.issue(request).chain.intermediates.first }
                }
                return try await group.reduce(into: Set<Certificate>()) { $0.insert($1!) }
            }
            #expect(roots.count == 1)
        }
    }

    @Test func `a broken root is an error, never replaced`() async throws {
        try await bench { root, issuer in
            _ = try await issuer().root()
            let file = root.appendingPathComponent("accounts/internal/ca.pem")
            try Data("garbage".utf8).write(to: file)
            let next = issuer()
            let error = await #expect(throws: IssuerError.self) {
                _ = try await next.issue(request)
            }
            #expect(error?.description.contains("accounts/internal") == true)
            #expect(try Data(contentsOf: file) == Data("garbage".utf8))
        }
    }

    @Test func `CAA does not concern it`() async throws {
        try await bench { _, issuer in
            let identity = try await issuer().identity()
            #expect(identity.domains.isEmpty)
        }
    }
}
