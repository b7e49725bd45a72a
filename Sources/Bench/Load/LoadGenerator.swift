// SPDX-License-Identifier: Apache-2.0
package import Networking
import TLS

/// Makes the load of a plan on one target, on event loops of its own.
///
/// A run is a whole: the operations that it begins are waited for, so that a server's CPU time, read before
/// and after, is that of these operations. Connections that are kept, and sessions, outlast a run.
package final class LoadGenerator: Sendable {
    private let plan: LoadPlan
    private let loops: [LoopBound<LoadLoop>]

    /// Starts the threads. Throws `TLSError.unusable` for a list of the plan that libssl does not know, and
    /// `SystemError` when there is no thread to be had.
    package init(_ plan: LoadPlan, target: SocketAddress) async throws {
        precondition(plan.threads > 0 && plan.connections > 0, "a load has threads and connections")
        var plan = plan
        if plan.names.isEmpty { plan.names = [""] }
        self.plan = plan
        var loops: [LoopBound<LoadLoop>] = []
        for thread in 0..<plan.threads {
            let loop = try EventLoop(name: "load-\(thread)")
            let made = await loop.run { [plan] in
                Result { () throws(TLSError) in
                    LoopBound(
                        try LoadLoop(plan, target: target, thread: thread, on: loop), on: loop)
                }
            }
            loops.append(try made.get())
        }
        self.loops = loops
    }

    /// Load that is not to be counted, for as long as the plan says.
    package func warmUp() async throws(SystemError) -> LoadTally {
        try await run(.duration(plan.warmup))
    }

    /// The load of the plan.
    package func measure() async throws(SystemError) -> LoadTally {
        try await run(plan.extent)
    }

    /// Ends a run at once; it answers what came of it so far.
    package func stop() {
        for bound in loops { bound.loop.execute { bound.value.stop() } }
    }

    /// What came of the present run so far.
    package func progress() async -> LoadTally {
        var all = LoadTally()
        for bound in loops { all.merge(await bound.loop.run { bound.value.snapshot() }) }
        return all
    }

    private func run(_ extent: LoadPlan.Extent) async throws(SystemError) -> LoadTally {
        let beginning = Instant.now
        let (end, count): (Instant, Int) =
            switch extent {
            case .duration(let duration): (beginning + duration, .max)
            case .count(let count): (.distantFuture, count)
            }
        let budget = Starts.Budget(count)
        let plan = plan
        var runs: [Task<Result<LoadTally, SystemError>, Never>] = []
        for (thread, bound) in loops.enumerated() {
            let run = Task(executorPreference: bound.loop) { () -> Result<LoadTally, SystemError> in
                do throws(SystemError) {
                    guard let rate = plan.rate else {
                        let starts = Starts(until: end, budget: budget, on: bound.loop)
                        return .success(await bound.value.run(starts))
                    }
                    let schedule = ArrivalSchedule(
                        rate: rate, thread: thread, of: plan.threads, from: beginning, to: end,
                        count: count)
                    return .success(
                        await bound.value.run(try Starts(schedule, on: bound.loop)))
                } catch {
                    return .failure(error)
                }
            }
            runs.append(run)
        }
        var all = LoadTally()
        for run in runs { all.merge(try await run.value.get()) }
        return all
    }

    deinit {
        for bound in loops { bound.loop.shutdown() }
    }
}
