// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import Testing

@Suite struct ParkingTests {
    func rig() async throws -> Rig {
        try await Rig(sweepInterval: .milliseconds(1)) { origin in
            while try await !origin.head().isEmpty {
                try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes")
            }
        }
    }

    @Test func `an idle connection has no task, and is served again when it speaks`() async throws {
        let rig = try await rig()
        try await rig.client { client in
            for _ in 0..<3 {
                try await client.send(request)
                #expect(try await client.head().hasPrefix("HTTP/1.1 200"))
                #expect(try await client.read(3) == "yes")
                try await rig.parked(1)
            }
        }
        try await rig.parked(0)
    }

    @Test func `a parked connection that says half a request is waited for`() async throws {
        let rig = try await rig()
        try await rig.client { client in
            try await rig.parked(1)
            try await client.send(String(request.prefix(10)))
            try await rig.parked(0)
            try await client.send(String(request.dropFirst(10)))
            #expect(try await client.head().hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func `a drain closes parked connections at once`() async throws {
        let rig = try await rig()
        try await rig.client { client in
            try await rig.parked(1)
            #expect(await rig.drain() == 0)
            #expect(try await client.rest().isEmpty)
        }
    }

    @Test func `a parked connection ends when its idle time is over`() async throws {
        let rig = try await Rig(
            sweepInterval: .milliseconds(1),
            configure: { $0.client.head = .seconds(2) }
        ) { _ in }
        try await rig.client { client in
            try await rig.parked(1)
            #expect(try await client.rest().isEmpty)
        }
        try await rig.parked(0)
    }
}

private let request = "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n"
