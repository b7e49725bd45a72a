// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import Testing

/// Connections whose name was deprovisioned.
@Suite struct RetirementTests {
    @Test func `an idle connection is closed, a busy one after its answer`() async throws {
        let asked = Counter()
        let rig = try await Rig { origin in
            while try await !origin.head().isEmpty {
                asked.next()
                if asked.value == 2 { _ = try await origin.read(1) }
                try await origin.send(OriginsTests.answer("yes"))
            }
        }
        let request = "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n"
        async let idle = rig.client { client in
            try await client.send(request)
            _ = try await client.read(through: "yes")
            await rig.retireAll()
            return try await client.rest()
        }
        #expect(try await idle == "")
        let busy = try await rig.client { client in
            try await client.send(
                "POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 1\r\n\r\n")
            while asked.value < 2 { try await rig.loop.sleep(for: .milliseconds(1)) }
            await rig.retireAll()
            try await client.send("x" + request)
            return try await client.rest()
        }
        #expect(busy.hasPrefix("HTTP/1.1 200 ") && busy.hasSuffix("yes"))
        #expect(asked.value == 2)
    }

    @Test func `over HTTP 2 the streams under way end, and no further one begins`() async throws {
        let rig = try await Rig(version: .http2) { origin in
            while try await !origin.head().isEmpty {
                try await origin.send(OriginsTests.answer("yes"))
            }
        }
        try await rig.http2Client { endpoint in
            #expect(endpoint.isUsable)
            await rig.retireAll()
            while endpoint.isUsable { try await rig.loop.sleep(for: .milliseconds(1)) }
        }
    }
}
