// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
import HTTP
package import Networking
package import Registry

/// Tells webhooks what has happened, each event at least once.
///
/// What is to be told is in the registry, and leaves it when a receiver has acknowledged it or all tries
/// have failed: a crash costs nothing but a repetition. Events come in no order. A webhook that keeps
/// failing is left alone until its owner has it resumed.
///
/// Lives on the management loop, which is the sender's.
package actor Webhooks {
    nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    let registry: Registry
    let sender: WebhookSender
    let clock: @Sendable () -> Date
    let deadline: Duration
    private let formats: [Webhook.Format: any WebhookFormat]
    private let report: @Sendable (WebhookReport) -> Void

    /// The webhooks of the turn before; nil: there was none.
    private var known: Set<WebhookNumber>?
    /// How far the log was looked at for each webhook, where nothing was to be kept.
    private var scanned: [WebhookNumber: EventNumber] = [:]
    /// Attempts under way.
    private var attempts: [PendingDelivery: Task<Void, Never>] = [:]
    private var perTarget = Tally<HTTPURL.Origin>()
    private var perAccount = Tally<String>()
    /// Webhooks take turns at being first.
    private var turns = 0
    private var isWoken = false
    private var wait: CheckedContinuation<Void, Never>?
    /// Storage failed: not before.
    private var troubledUntil = Instant.now

    /// Attempts under way at once.
    package static var attemptsMax: Int { 32 }
    /// And for one account, so that those of others have their places.
    package static var perAccountMax: Int { 8 }
    /// And to one scheme, host and port.
    package static var perTargetMax: Int { 4 }
    /// Dates are looked at this often at least, for the wall clock may be set.
    private static var patience: Duration { .seconds(60) }
    private static var troublePause: Duration { .seconds(5) }

    package init(
        registry: Registry, sender: WebhookSender, formats: [any WebhookFormat], loop: EventLoop,
        deadline: Duration = WebhookSender.deadline,
        clock: @escaping @Sendable () -> Date = { Date() },
        report: @escaping @Sendable (WebhookReport) -> Void = { _ in }
    ) {
        self.registry = registry
        self.sender = sender
        self.formats = Dictionary(formats.map { ($0.format, $0) }) { _, last in last }
        self.loop = loop
        self.deadline = deadline
        self.clock = clock
        self.report = report
    }

    /// Delivers until the task is cancelled, while no other process that shares the store does. What is
    /// under way then is told again after the next start.
    package func run() async {
        while !Task.isCancelled {
            do {
                try await registry.whileLeading("webhooks") { await self.lead() }
            } catch {
                trouble(error)
                try? await loop.sleep(for: Self.troublePause)
            }
        }
    }

    private func lead() async {
        let events = registry.eventsDidAppear()
        let watch = Task {
            for await _ in events { wake() }
        }
        await withTaskCancellationHandler {
            while !Task.isCancelled {
                let next = await turn()
                await rest(until: next)
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.wake() } }
        }
        watch.cancel()
        for attempt in attempts.values { attempt.cancel() }
    }

    /// Begins what is due, and answers when the next attempt is. `run` calls it; tests may.
    package func turn() async -> Date? {
        turns += 1
        do {
            let webhooks = try await webhooks()
            try await forgetGone(Set(webhooks.map(\.number)))
            var next: Date?
            for webhook in webhooks where webhook.suppressedAt == nil {
                guard let format = formats[webhook.format] else { continue }
                try await takeIn(for: webhook, format)
                if let due = try await beginDue(of: webhook, format) {
                    next = min(next ?? due, due)
                }
            }
            return next
        } catch {
            trouble(error)
            return nil
        }
    }

    /// Ends when no attempt is under way.
    package func settle() async {
        while let attempt = attempts.values.first { await attempt.value }
    }

    /// Attempts under way, for whoever watches.
    package var attemptCount: Int { attempts.count }

    // MARK: Turns

    private func webhooks() async throws -> [Webhook] {
        var all: [Webhook] = []
        var page = PageRequest(limit: PageRequest.limitMax)
        repeat {
            let part = try await registry.allWebhooks(page)
            all += part.elements
            page.after = part.next
        } while page.after != nil
        guard !all.isEmpty else { return [] }
        let first = turns % all.count
        return Array(all[first...] + all[..<first])
    }

    private func forgetGone(_ present: Set<WebhookNumber>) async throws {
        guard present != known else { return }
        try await registry.forgetDeliveriesOfGoneWebhooks()
        scanned = scanned.filter { present.contains($0.key) }
        known = present
    }

    private func takeIn(for webhook: Webhook, _ format: any WebhookFormat) async throws {
        let wanted = webhook.types.isEmpty ? Set(Event.Kind.allCases) : Set(webhook.types)
        let kinds = format.kinds.intersection(wanted)
        while let last = try await registry.takeIn(
            for: webhook, telling: kinds, after: scanned[webhook.number])
        {
            scanned[webhook.number] = last
        }
    }

    private func beginDue(
        of webhook: Webhook, _ format: any WebhookFormat
    ) async throws -> Date? {
        let url = HTTPURL(webhook.url)
        let now = clock()
        // Those under way are among them.
        let waiting = try await registry.pendingDeliveries(
            of: webhook.number, limit: 2 * Self.perTargetMax)
        for delivery in waiting where attempts[delivery] == nil {
            guard delivery.dueAt <= now else { return delivery.dueAt }
            let busy = url.map { perTarget[$0.origin] } ?? 0
            guard attempts.count < Self.attemptsMax, busy < Self.perTargetMax,
                perAccount[webhook.account] < Self.perAccountMax
            else { break }
            begin(delivery, to: webhook, at: url, format)
        }
        return nil
    }

    private func begin(
        _ delivery: PendingDelivery, to webhook: Webhook, at url: HTTPURL?,
        _ format: any WebhookFormat
    ) {
        if let url { perTarget.add(url.origin) }
        perAccount.add(webhook.account)
        attempts[delivery] = Task {
            await attempt(delivery, to: webhook, at: url, format)
            if let url { perTarget.remove(url.origin) }
            perAccount.remove(webhook.account)
            attempts[delivery] = nil
            wake()
        }
    }

    private func attempt(
        _ delivery: PendingDelivery, to webhook: Webhook, at url: HTTPURL?,
        _ format: any WebhookFormat
    ) async {
        do {
            let result = try await outcome(of: delivery, to: webhook, at: url, format)
            let after = try await registry.note(result, of: delivery, at: clock())
            if let after, after.suppressedAt != nil, webhook.suppressedAt == nil {
                report(.suppressed(after.number, result.error ?? ""))
            }
        } catch is CancellationError {
            // It stays as it is, for the next start.
        } catch {
            trouble(error)
        }
    }

    // MARK: Waiting

    /// Something is to be looked at: an event, an attempt that has ended.
    package func wake() {
        isWoken = true
        wait?.resume()
        wait = nil
    }

    private func rest(until next: Date?) async {
        let untilDue = next.map { Duration.seconds($0.timeIntervalSince(clock())) }
        let pause = Instant.now.duration(to: troubledUntil)
        if pause > .zero { try? await loop.sleep(for: pause) }
        guard !isWoken, !Task.isCancelled else {
            isWoken = false
            return
        }
        let patience = min(max(untilDue ?? Self.patience, .milliseconds(10)), Self.patience)
        let timer = loop.schedule(after: patience) { [weak self] in
            self?.assumeIsolated { $0.wake() }
        }
        await withCheckedContinuation { wait = $0 }
        timer.cancel()
        isWoken = false
    }

    private func trouble(_ error: any Error) {
        troubledUntil = Instant.now + Self.troublePause
        report(.storage("\(error)"))
    }
}

/// What those who run Nameplate are told of webhooks.
package enum WebhookReport: Hashable, Sendable {
    /// It failed too often and is left alone; how it failed last.
    case suppressed(WebhookNumber, String)
    /// What is to be delivered cannot be read or noted.
    case storage(String)
}

/// How many there are of each; nothing is kept of those that are none.
private struct Tally<Key: Hashable> {
    private var counts: [Key: Int] = [:]

    subscript(key: Key) -> Int { counts[key, default: 0] }

    mutating func add(_ key: Key) { counts[key, default: 0] += 1 }

    mutating func remove(_ key: Key) {
        let left = counts[key, default: 0] - 1
        counts[key] = left > 0 ? left : nil
    }
}
