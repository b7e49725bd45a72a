// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import Management

@Suite struct LockOutTests {
    /// A lock-out, asked about addresses as text and moments in seconds.
    private final class Door {
        var lockOut = LockOut()
        private let start = Instant(nanoseconds: 1_000_000_000_000)

        func failed(
            _ subject: LockOut.Subject, with guess: UInt64 = 0, at address: String = "192.0.2.1",
            second: Int = 0
        ) -> Bool {
            IPAddress(address).map {
                lockOut.failed(subject, with: guess, at: $0, start + .seconds(second))
            } ?? false
        }

        func remaining(
            _ subject: LockOut.Subject, at address: String = "192.0.2.1", second: Int = 0
        ) -> Duration? {
            IPAddress(address).flatMap {
                lockOut.remaining(for: subject, at: $0, start + .seconds(second))
            }
        }
    }

    private let door = Door()
    private let client = LockOut.Subject.client("a")

    @Test(arguments: [LockOut.Subject.client("a"), .unnamed])
    func `the last failure that is allowed shuts out whom it names, there, for a while`(
        subject: LockOut.Subject
    ) {
        for _ in 1..<10 { #expect(!door.failed(subject)) }
        #expect(door.remaining(subject) == nil)
        #expect(door.failed(subject))
        #expect(!door.failed(subject))
        #expect(door.remaining(subject) == .seconds(300))
        #expect(door.remaining(subject, at: "192.0.2.2") == nil)
        #expect(door.remaining(.client("b")) == nil)
        #expect(door.remaining(.everybody) == nil)
        #expect(door.remaining(subject, second: 299) == .seconds(1))
        #expect(door.remaining(subject, second: 300) == nil)
    }

    @Test func `one wrong secret again and again shuts out nobody else, however often`() {
        for _ in 1...10_000 { _ = door.failed(client, with: 7) }
        #expect(door.remaining(.everybody) == nil)
    }

    @Test func `so many different secrets shut out everybody there, whoever they are for`() {
        for guess in 1..<100 {
            _ = door.failed(guess % 2 == 0 ? .unnamed : .client("\(guess)"), with: UInt64(guess))
        }
        #expect(door.remaining(.everybody) == nil)
        #expect(door.failed(.unnamed, with: 100))
        #expect(door.remaining(.everybody) == .seconds(300))
        #expect(door.remaining(.everybody, at: "192.0.2.2") == nil)
        #expect(door.remaining(.everybody, second: 300) == nil)
    }

    @Test func `failures that are far apart do not count together`() {
        for turn in 0..<50 { #expect(!door.failed(client, with: UInt64(turn), second: turn * 7)) }
    }

    @Test func `a right secret ends the count of its client, and not that of guesses`() throws {
        let peer = try #require(IPAddress("192.0.2.1"))
        for subject in [client, .unnamed, .client("b")] {
            for _ in 1..<10 { #expect(!door.failed(subject)) }
        }
        door.lockOut.succeeded("a", at: peer)
        #expect(!door.failed(client))
        #expect(!door.failed(.unnamed))
        #expect(door.failed(.client("b")))
        for guess in 1..<99 {
            _ = door.failed(.unnamed, with: UInt64(guess))
            door.lockOut.succeeded("a", at: peer)
        }
        #expect(door.remaining(.everybody) == nil)
        _ = door.failed(.unnamed, with: 99)
        #expect(door.remaining(.everybody) != nil)
    }

    @Test func `an IPv6 network of 64 bits is one address, and a mapped address the IPv4 one`() {
        for host in 1...9 { #expect(!door.failed(client, at: "2001:db8::\(host)")) }
        #expect(door.failed(client, at: "2001:db8::ff"))
        for _ in 1...9 { #expect(!door.failed(client)) }
        #expect(door.failed(client, at: "::ffff:192.0.2.1"))
    }

    @Test func `the table forgets who failed longest ago`() {
        var configuration = LockOut.Configuration()
        // One for the client and one for everybody, at each of three addresses.
        configuration.entriesMax = 6
        configuration.failuresMax = 2
        door.lockOut = LockOut(configuration)
        for host in 1...4 { #expect(!door.failed(client, at: "192.0.2.\(host)", second: host)) }
        #expect(door.lockOut.count == 6)
        #expect(!door.failed(client, at: "192.0.2.1", second: 5))
        #expect(door.failed(client, at: "192.0.2.4", second: 5))
    }
}
