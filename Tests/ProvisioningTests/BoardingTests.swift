// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS
import Testing

@testable import Provisioning

/// Who comes too late, or leaves too early, does not wait for the hold's deadline.
@Suite struct BoardingTests {
    let loop: EventLoop
    let hold = Hold(
        name: name("a.example.com"), source: HoldSource(addressBytes: [127, 0, 0, 1]),
        deadline: .now + .seconds(3600))

    init() throws {
        loop = try EventLoop(name: "control")
    }

    private func outcome(
        after first: @escaping @Sendable (Flight) -> Void
    ) async -> ProvisioningFailure? {
        await withCheckedContinuation { continuation in
            loop.spawn { [loop, hold] in
                let flight = Flight(hold.name, on: loop)
                first(flight)
                guard case .failure(let failure) = await flight.outcome(for: hold) else {
                    return continuation.resume(returning: nil)
                }
                continuation.resume(returning: failure)
            }
        }
    }

    @Test func `after the landing`() async {
        let failure = await outcome { $0.land(.failure(.overloaded(.held(1)))) }
        guard case .overloaded? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test func `having left before boarding`() async {
        let failure = await outcome { [hold] in $0.leave(hold, with: .abandoned) }
        guard case .abandoned? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }
}
