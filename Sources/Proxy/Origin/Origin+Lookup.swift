// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

extension Origin {
    /// Looks the host up, unless it is an address itself, for no longer than until `deadline`: a
    /// resolver has more patience than a request.
    func addresses(
        until deadline: Instant, on loop: EventLoop
    ) async throws(OriginError) -> [IPAddress] {
        let host = url.url.host
        if let address = IPAddress(host) { return [address] }
        let answer = LookupAnswer(on: loop)
        let shared = LoopBound(answer, on: loop)
        loop.spawn { [lookup] in
            do {
                let addresses = try await lookup.addresses(of: host)
                shared.value.finish(.success(addresses))
            } catch {
                shared.value.finish(.failure(.unresolvable("\(error)")))
            }
        }
        return try await answer.wait(until: deadline)
    }
}

/// What a lookup comes to, for one who does not wait for it for ever.
private final class LookupAnswer {
    private var outcome: Result<[IPAddress], OriginError>?
    private let gate: LoopGate

    init(on loop: EventLoop) {
        gate = LoopGate(on: loop)
    }

    func finish(_ outcome: Result<[IPAddress], OriginError>) {
        self.outcome = outcome
        gate.open()
    }

    func wait(until deadline: Instant) async throws(OriginError) -> [IPAddress] {
        if outcome == nil {
            do { try await gate.wait(until: deadline) } catch {
                throw .unresolvable("no resolver answered in time")
            }
        }
        return try outcome?.get() ?? []
    }
}
