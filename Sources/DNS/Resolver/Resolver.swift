// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Asks recursive servers, several in turn, and follows aliases.
///
/// Nothing is remembered from one question to the next: who points at us is decided on what DNS
/// says now. Identical questions that are under way share one answer. Lives on a loop and may be
/// called from anywhere.
package actor Resolver {
    package struct Configuration: Sendable {
        /// Asked in this order; those past the eighth are left out.
        package var servers: [SocketAddress]
        /// What a server has for its answer in the first round; doubles with each further round.
        package var tryTimeout = Duration.milliseconds(1500)
        /// Tries of one question, over all servers.
        package var maxTries = 6
        /// From a question to its answer or failure, whatever the servers do.
        package var timeout = Duration.seconds(6)
        /// Sockets open at once; further questions wait for one.
        package var maxSockets = 256
        /// Questions that wait for a socket; the next fails as `overloaded`.
        package var maxWaiting = 8192

        package init(servers: [SocketAddress]) {
            self.servers = Array(servers.prefix(8))
        }
    }

    package nonisolated let loop: EventLoop
    package nonisolated let configuration: Configuration
    private let slots: LookupSlots
    /// What was learned of the servers, for the few there are.
    var caseHandling: [SocketAddress: CaseHandling] = [:]
    private var underWay: [Question: Task<Reply, Never>] = [:]

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    package init(_ configuration: Configuration, on loop: EventLoop) {
        self.configuration = configuration
        self.loop = loop
        slots = LookupSlots(
            count: configuration.maxSockets, maxWaiting: configuration.maxWaiting, on: loop)
    }

    package init(servers: [SocketAddress], on loop: EventLoop) {
        self.init(Configuration(servers: servers), on: loop)
    }

    /// What `name` has of `type`, aliases followed.
    ///
    /// Answers by `deadline`, or by the configured time from now when that is earlier.
    package func resolve(
        _ name: DNSName, _ type: RecordType, by deadline: Instant = .distantFuture
    ) async -> Answer {
        let deadline = min(deadline, .now + configuration.timeout)
        var chain = CNAMEChain(from: name)
        var attempts: [Attempt] = []
        while true {
            let reply = await reply(to: Question(chain.end, type), by: deadline)
            attempts += reply.attempts
            var outcome = Answer.Outcome.failure(reply.failure)
            if let message = reply.message {
                switch chain.receive(message, type: type) {
                case .ask: continue
                case .finished(let end): outcome = end
                }
            }
            return Answer(
                question: Question(name, type), outcome: outcome, chain: chain, attempts: attempts)
        }
    }

    /// Several questions at once; the answers in the order of the questions.
    package func resolve(
        _ questions: [Question], by deadline: Instant = .distantFuture
    ) async -> [Answer] {
        let tasks = questions.map { question in
            Task { await resolve(question.name, question.type, by: deadline) }
        }
        var answers: [Answer] = []
        for task in tasks { answers.append(await task.value) }
        return answers
    }

    /// Asks for each CNAME by itself, from hop to hop. Slower than `resolve`, it shows the chain
    /// also where servers answer SERVFAIL because the chain loops or its end is out of order.
    ///
    /// - Parameter goal: a name that is not asked about when the chain comes to it. What does not
    ///   exist yet would be remembered as such by the resolvers.
    package func aliases(
        of name: DNSName, upTo goal: DNSName? = nil, by deadline: Instant = .distantFuture
    ) async -> (chain: CNAMEChain, end: Answer.Outcome) {
        let deadline = min(deadline, .now + configuration.timeout)
        var chain = CNAMEChain(from: name)
        while true {
            let answer = await resolve(chain.end, .cname, by: deadline)
            guard let record = answer.records.first, case .cname(let target) = record.data else {
                return (chain, answer.outcome)
            }
            let hop = CNAMEChain.Hop(owner: chain.end, target: target, ttl: record.ttl)
            if let failure = chain.follow(hop) { return (chain, .failure(failure)) }
            if target == goal { return (chain, .noData(.init())) }
        }
    }

    /// One answer for all who ask the same at the same time.
    private func reply(to question: Question, by deadline: Instant) async -> Reply {
        if let task = underWay[question] { return await task.value }
        let task = Task {
            defer { underWay[question] = nil }
            guard await slots.acquire(by: deadline) else { return Reply(isOverloaded: true) }
            defer { slots.release() }
            return await exchange(question, by: deadline)
        }
        underWay[question] = task
        return await task.value
    }
}
