// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

/// What one core can do with this libssl, in this process and without sockets: what a server's
/// figures are held against.
///
/// The server's side is that of the edge, context and all. The kinds of handshake take turns within a
/// round, so that a machine whose speed changes does not favour one of them.
package struct Floor: Sendable {
    private let plan: FloorPlan
    private let cases: [FloorCase]

    package init(_ plan: FloorPlan, cases: [FloorCase] = FloorCase.all) {
        self.plan = plan
        self.cases = cases
    }

    /// Measures; `progress` is told which round begins. Stops between two kinds of handshake when the
    /// task is cancelled, and reports what there is.
    ///
    /// Throws `TLSError`, `SystemError` or a sentence on the handshake that did not come about.
    package func measure(progress: @Sendable (Int) -> Void = { _ in }) async throws -> FloorReport {
        let credentials = try FloorCredentials()
        var threads: [LoopBound<FloorThread>] = []
        defer {
            for thread in threads { thread.loop.shutdown() }
        }
        for index in 0..<plan.threads {
            let loop = try EventLoop(name: "floor-\(index)")
            let made = await loop.run { [cases] in
                Result { LoopBound(try FloorThread(cases, credentials), on: loop) }
            }
            threads.append(try made.get())
        }
        var results = cases.map { FloorResult(kind: $0) }
        for round in 1...plan.rounds {
            progress(round)
            for index in cases.indices where !Task.isCancelled {
                let alone = try await measure(index, on: threads.prefix(1))
                var together: [FloorSample] = []
                if plan.threads > 1 { together = try await measure(index, on: threads[...]) }
                results[index].alone += alone
                if !together.isEmpty { results[index].together.append(together) }
            }
        }
        return FloorReport(
            threads: plan.threads, library: TLSLibrary.version,
            results: results.filter { !$0.alone.isEmpty })
    }

    private func measure(
        _ index: Int, on threads: ArraySlice<LoopBound<FloorThread>>
    ) async throws -> [FloorSample] {
        let extent = plan.extent
        let parts = plan.rounds * (plan.threads > 1 ? 2 : 1)
        let runs = threads.map { thread in
            Task {
                await thread.loop.run {
                    Result { try thread.value.measure(index, extent, part: parts) }
                }
            }
        }
        var samples: [FloorSample] = []
        for run in runs { samples.append(try await run.value.get()) }
        return samples
    }
}

/// What a thread measures with: a library context of its own, as a loop of the edge has, and a context for
/// each kind of handshake.
private final class FloorThread {
    private let batches: [FloorBatch]

    init(_ cases: [FloorCase], _ credentials: FloorCredentials) throws {
        let library = try LibraryContext()
        batches = try cases.map { try FloorBatch($0, credentials, library) }
    }

    func measure(_ index: Int, _ extent: FloorPlan.Extent, part: Int) throws -> FloorSample {
        switch extent {
        case .count(let count): try batches[index].measure(count: count)
        case .duration(let duration): try batches[index].measure(until: .now + duration / part)
        }
    }
}
