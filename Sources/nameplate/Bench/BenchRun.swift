// SPDX-License-Identifier: Apache-2.0
import Bench
import DNS
import Networking

/// The rounds of a benchmark, one after the other, until they are over or Ctrl-C ends them.
actor BenchRun {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    private let options: BenchOptions
    private let progress: BenchProgress
    private var contenders: [Contender] = []
    private var working: LoadGenerator?
    private var isInterrupted = false

    /// A target, what makes its load, and what was measured of it.
    private struct Contender {
        let target: BenchOptions.Target
        let generator: LoadGenerator
        let clock: ProcessClock?
        var rounds: [Round] = []
        var isHopeless = false
    }

    /// Finds the targets and starts the threads. Throws a sentence for the user.
    init(_ options: BenchOptions) async throws {
        self.options = options
        loop = try EventLoop(name: "control")
        progress = BenchProgress(options)
        for target in options.targets {
            let address = try await Self.address(of: target, on: loop)
            var plan = options.plan
            if plan.names.isEmpty {
                plan.names = [IPAddress(target.host) == nil ? target.host : ""]
            }
            contenders.append(
                Contender(
                    target: target, generator: try await LoadGenerator(plan, target: address),
                    clock: try target.pid.map { try ProcessClock(pid: $0) }))
        }
    }

    /// Measures. Ctrl-C ends the present round, which counts as far as it came.
    func report() async throws -> LoadReport {
        let signals = try await interruptions()
        defer { signals.loop.execute { signals.value.close() } }
        for index in contenders.indices { try await warmUp(index) }
        for round in 1...options.rounds {
            for index in contenders.indices where !isInterrupted && !contenders[index].isHopeless {
                try await measure(index, round)
            }
        }
        return LoadReport(
            plan: options.plan,
            targets: contenders.map { TargetResult(target: $0.target.text, rounds: $0.rounds) })
    }

    /// A server that lets nothing succeed now will not later: what came of the warm-up is the result.
    private func warmUp(_ index: Int) async throws {
        guard options.plan.warmup > .zero, !isInterrupted else { return }
        let contender = contenders[index]
        let tally = try await watch(contender, "warm-up") { try await $0.warmUp() }
        guard tally.completed == 0, tally.failed > 0 else { return }
        contenders[index].isHopeless = true
        contenders[index].rounds = [Round(target: contender.target.text, tally: tally)]
    }

    private func measure(_ index: Int, _ round: Int) async throws {
        let contender = contenders[index]
        // A server that ends meanwhile is seen in what failed.
        let before = try? contender.clock?.cpuTime()
        let tally = try await watch(contender, "round \(round) of \(options.rounds)") {
            try await $0.measure()
        }
        let after = try? contender.clock?.cpuTime()
        contenders[index].rounds.append(
            Round(
                target: contender.target.text, tally: tally,
                serverCPU: after.flatMap { after in before.map { after - $0 } }))
    }

    private func watch(
        _ contender: Contender, _ what: String,
        _ run: (LoadGenerator) async throws -> LoadTally
    ) async throws -> LoadTally {
        working = contender.generator
        let watcher = Task {
            await progress.show(contender.generator, "\(contender.target.text), \(what)", on: loop)
        }
        defer {
            working = nil
            watcher.cancel()
            progress.clear()
        }
        return try await run(contender.generator)
    }

    private func interrupted() {
        isInterrupted = true
        working?.stop()
    }

    private func interruptions() async throws -> LoopBound<Signals> {
        let loop = loop
        return try await loop.run {
            Result { () throws(SystemError) in
                LoopBound(
                    try Signals(on: loop) { _ in Task { await self.interrupted() } }, on: loop)
            }
        }.get()
    }

    private static func address(
        of target: BenchOptions.Target, on loop: EventLoop
    ) async throws -> SocketAddress {
        let lookup = HostResolver(
            resolver: Resolver(servers: ResolverFile().servers, on: loop),
            hosts: HostsFile(path: "/etc/hosts"))
        let addresses = try await lookup.addresses(of: target.host)
        return SocketAddress(ip: addresses[0], port: target.port)
    }
}
