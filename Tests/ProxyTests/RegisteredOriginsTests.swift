// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import TLS
import Testing

/// Origins that clients of the management API have set: where they may be, and requests that come back.
@Suite struct RegisteredOriginsTests {
    /// Says back the head that came.
    private static let mirror: Rig.Script = { origin in
        while true {
            let head = try await origin.head()
            guard !head.isEmpty else { return }
            try await origin.send(OriginsTests.answer(head))
        }
    }

    private let shop = CertificateName("shop.example.com")

    @Test func `it is not connected to where none may be, wherever the operator's own are`()
        async throws
    {
        let asked = Counter()
        let rig = try await Rig(
            names: ["*.example.com"],
            origins: [
                OriginsTests.named("all"),
                { origin in
                    asked.next()
                    try await OriginsTests.named("own")(origin)
                },
            ],
            route: { table, urls in
                table.targets = OriginTargets(allowed: [.public])
                if let fixed = CertificateName("fixed.example.com") {
                    table.domains[fixed] = [urls[1]]
                }
                return [urls[0]]
            })
        let shop = try #require(shop)
        await rig.setOrigins([1], of: shop)
        #expect(try await rig.send(OriginsTests.request()).hasPrefix("HTTP/1.1 502 "))
        #expect(asked.value == 0)
        let reasons = rig.observer.events.compactMap { event in
            if case .originFailed(_, _, let reason) = event { reason } else { nil }
        }
        #expect(reasons.last?.contains("is not among management.origins.allow") == true)
        // The very origin, by the operator's word.
        let own = try await rig.send(OriginsTests.request(host: "fixed.example.com"))
        #expect(own.hasSuffix("own"))
        #expect(try await rig.send(OriginsTests.request()).hasPrefix("HTTP/1.1 502 "))
        // The application is the operator's too, and yet not for clients to name.
        await rig.setOrigins([0], of: shop)
        #expect(try await rig.send(OriginsTests.request()).hasPrefix("HTTP/1.1 502 "))
        await rig.restrictOrigins(to: OriginTargets())
        #expect(try await rig.send(OriginsTests.request()).hasSuffix("all"))
    }

    @Test func `a request that comes back is answered with 508`() async throws {
        let rig = try await Rig(
            names: ["*.example.com"], origins: [Self.mirror],
            configure: { $0.loopMark = LoopMark() }
        )
        // The operator's origins are not told.
        let plain = try await rig.send(OriginsTests.request())
        #expect(!plain.contains("CDN-Loop"))
        await rig.setOrigins([0], of: try #require(shop))
        let first = try await rig.send(
            OriginsTests.request("GET", host: "shop.example.com", "cdn-loop: other, b;c=d\r\n"))
        #expect(first.contains("cdn-loop: other, b;c=d\r\n"))
        let mark = try #require(
            first.split(separator: "\r\n").first { $0.hasPrefix("CDN-Loop: ") })
        let again = OriginsTests.request(
            "GET", host: "shop.example.com", "\(mark.lowercased()), other\r\n")
        #expect(try await rig.send(again).hasPrefix("HTTP/1.1 508 Loop Detected\r\n"))
        // To the application it may go: the way is not the client's choice.
        let elsewhere = OriginsTests.request("GET", host: "b.example.com", "\(mark)\r\n")
        #expect(try await rig.send(elsewhere).hasPrefix("HTTP/1.1 200 "))
    }
}
