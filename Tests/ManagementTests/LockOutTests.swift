// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import Management

@Suite struct LockOutTests {
    /// A lock-out, asked about addresses as text and moments in seconds.
    private final class Door {
        var lockOut = LockOut()
        private let start = Instant(nanoseconds: 1_000_000_000_000)

        func failed(_ address: String, at second: Int = 0) -> Bool {
            IPAddress(address).map { lockOut.failed($0, at: start + .seconds(second)) } ?? false
        }

        func remaining(_ address: String, at second: Int = 0) -> Duration? {
            IPAddress(address).flatMap { lockOut.remaining(for: $0, at: start + .seconds(second)) }
        }
    }

    private let door = Door()
    private let peer = "192.0.2.1"

    @Test func `the last failure that is allowed locks an address out, for a while`() {
        for _ in 1..<10 { #expect(!door.failed(peer)) }
        #expect(door.remaining(peer) == nil)
        #expect(door.failed(peer))
        #expect(door.remaining(peer) == .seconds(300))
        #expect(door.remaining("192.0.2.2") == nil)
        #expect(door.remaining(peer, at: 299) == .seconds(1))
        #expect(door.remaining(peer, at: 300) == nil)
    }

    @Test func `failures that are far apart do not count together`() {
        for turn in 0..<50 { #expect(!door.failed(peer, at: turn * 7)) }
    }

    @Test func `a right secret ends the count`() throws {
        for _ in 1..<10 { #expect(!door.failed(peer)) }
        door.lockOut.succeeded(try #require(IPAddress(peer)))
        #expect(!door.failed(peer))
    }

    @Test func `an IPv6 network of 64 bits is one address, and a mapped address the IPv4 one`() {
        for host in 1...9 { #expect(!door.failed("2001:db8::\(host)")) }
        #expect(door.failed("2001:db8::ff"))
        for _ in 1...9 { #expect(!door.failed(peer)) }
        #expect(door.failed("::ffff:\(peer)"))
    }

    @Test func `the table forgets who failed longest ago`() {
        var configuration = LockOut.Configuration()
        configuration.addressesMax = 3
        configuration.failuresMax = 2
        door.lockOut = LockOut(configuration)
        for host in 1...4 { #expect(!door.failed("192.0.2.\(host)", at: host)) }
        #expect(door.lockOut.count == 3)
        #expect(!door.failed("192.0.2.1", at: 5))
        #expect(door.failed("192.0.2.4", at: 5))
    }
}
