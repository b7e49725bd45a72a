// SPDX-License-Identifier: Apache-2.0
import Storage

@testable import Registry

extension Ledger {
    /// Makes changes that all wait, in this order, when the first of them has its turn. Answers what came
    /// of each.
    func together<R: Sendable>(
        _ changes: [@Sendable () async throws -> R]
    ) async -> [Result<R, any Error>] {
        let gate = Gate()
        let first = Task { try? await registry.change(by: caller) { _ in await gate.pass() } }
        await gate.arrival()
        return await withTaskGroup(of: (Int, Result<R, any Error>).self) { group in
            for (index, change) in changes.enumerated() {
                group.addTask {
                    do { return (index, .success(try await change())) } catch {
                        return (index, .failure(error))
                    }
                }
                await waiting(index + 1)
            }
            gate.open()
            await first.value
            var results: [Int: Result<R, any Error>] = [:]
            for await (index, result) in group { results[index] = result }
            return changes.indices.compactMap { results[$0] }
        }
    }

    /// Returns when so many changes wait for their turn.
    func waiting(_ count: Int) async {
        while await registry.countWaiting < count { await Task.yield() }
    }
}

extension Registry {
    fileprivate var countWaiting: Int { waiting.count }
}

/// Whoever comes waits at it until it is opened.
struct Gate: Sendable {
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let openings = AsyncStream.makeStream(of: Void.self)

    func pass() async {
        arrivals.continuation.yield()
        for await _ in openings.stream {}
    }

    /// Returns when somebody waits.
    func arrival() async {
        for await _ in arrivals.stream { break }
    }

    func open() { openings.continuation.finish() }
}

extension Result {
    var error: (any Error)? {
        guard case .failure(let error) = self else { return nil }
        return error
    }
}
