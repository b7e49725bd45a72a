// SPDX-License-Identifier: Apache-2.0
import ACME
import Networking
import Provisioning
import TLS
import Testing

/// What strangers can cause by naming names, at the bound and one beyond.
@Suite struct BoundTests {
    private func hold(_ host: String, _ source: [UInt8]) -> Hold {
        Hold(
            name: name(host), source: HoldSource(addressBytes: source),
            deadline: .now + .seconds(60))
    }

    /// Holds as many as the bound allows, then one more, which must be turned away with `overload`.
    private func expect(
        _ overload: Overload, count: Int, _ edge: Edge, _ hold: @escaping @Sendable (Int) -> Hold
    ) async throws {
        edge.issuer.closeGate()
        let waiting = (0..<count).map { index in
            Task { await edge.provisioner.certificate(for: hold(index)) }
        }
        try await edge.until { await edge.provisioner.load.held == count }
        let outcome = await edge.provisioner.certificate(for: hold(count))
        guard case .failure(.overloaded(overload)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(edge.events.kinds == ["overloaded"])
        _ = await edge.provisioner.certificate(for: hold(count))
        #expect(edge.events.kinds == ["overloaded"])
        edge.issuer.openGate()
        for task in waiting { #expect((try? await task.value.get()) != nil) }
        #expect(await edge.provisioner.load == (0, 0))
        #expect((try? await edge.provisioner.certificate(for: hold(count)).get()) != nil)
    }

    @Test func `held handshakes in all`() async throws {
        let edge = try await Edge { $0.limits.held = 6 }
        try await expect(.held(6), count: 6, edge) {
            hold("\($0 % 3).example.com", [10, 0, 0, UInt8($0)])
        }
    }

    @Test func `held handshakes a name`() async throws {
        let edge = try await Edge { $0.limits.heldPerName = 4 }
        try await expect(.heldPerName(4), count: 4, edge) {
            hold("a.example.com", [10, 0, 0, UInt8($0)])
        }
    }

    @Test func `held handshakes from an address`() async throws {
        let edge = try await Edge { $0.limits.heldPerSource = 4 }
        try await expect(.heldPerSource(4), count: 4, edge) {
            hold("\($0 % 2).example.com", [10, 0, 0, 1])
        }
    }

    @Test func `held handshakes from an IPv6 subscriber, whatever the last 64 bits`() async throws {
        let edge = try await Edge { $0.limits.heldPerSource = 4 }
        try await expect(.heldPerSource(4), count: 4, edge) {
            hold(
                "\($0 % 2).example.com",
                [0x20, 1, 0xd, 0xb8, 0, 0, 0, 1] + [UInt8](repeating: UInt8($0), count: 8))
        }
    }

    @Test func `flights at once`() async throws {
        let edge = try await Edge { $0.limits.flights = 3 }
        try await expect(.flights(3), count: 3, edge) {
            hold("\($0).example.com", [10, 0, 0, UInt8($0)])
        }
    }

    @Test func `new names a minute, and stored ones are not new`() async throws {
        let edge = try await Edge { $0.limits.newNamesPerMinute = 3 }
        for index in 0..<3 {
            #expect(await edge.visit("\(index).example.com").certificate != nil)
        }
        #expect(await edge.visit("3.example.com") == .refused(.internalError))
        #expect(edge.issuer.orders.count == 3)
        #expect(edge.events.kinds.filter { $0 == "overloaded" }.count == 1)
        try edge.copyIn(edge.issuer.pair([.exact(name("4.example.com"))]), as: "4.example.com")
        #expect(await edge.visit("4.example.com").certificate != nil)
    }

    @Test func `IPv4 in IPv6 counts as the IPv4 address`() {
        let mapped: [UInt8] = [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 10, 0, 0, 1]
        #expect(HoldSource(addressBytes: mapped) == HoldSource(addressBytes: [10, 0, 0, 1]))
        #expect(HoldSource(addressBytes: mapped) != HoldSource(addressBytes: [10, 0, 0, 2]))
        #expect(HoldSource(addressBytes: []) == HoldSource(addressBytes: [1]))
    }
}
