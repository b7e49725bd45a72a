// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// The names that are refused, bounded: when it is full, the one that would be forgotten first goes.
///
/// A value that knows no clock. An entry outlives its wait where a later decision needs it: the
/// number of failures, and when the name was last reported.
package struct RefusalMemory: Sendable {
    /// How many names it holds at most.
    package let capacity: Int
    package let waits: RefusalWaits
    /// What data loops get a copy of.
    package private(set) var entries = ShardedMap<ServerName, Refusal>()
    /// By when an entry may be forgotten. May hold what is replaced or gone.
    private var order = DeadlineQueue<ServerName>()

    package init(capacity: Int = 100_000, waits: RefusalWaits = RefusalWaits()) {
        self.capacity = capacity
        self.waits = waits
    }

    package var count: Int { entries.count }

    /// The refusal of `name` while it lasts.
    package func refusal(of name: ServerName, at now: Date) -> Refusal? {
        guard let refusal = entries[name], refusal.until > now else { return nil }
        return refusal
    }

    /// Remembers that `name` is refused for `wait`. Answers whether it is to be reported.
    @discardableResult
    package mutating func record(
        _ reason: Refusal.Reason, of name: ServerName, for wait: Duration, at now: Date
    ) -> Bool {
        forgetPast(now)
        let before = entries[name]
        let isDue = before.map { $0.reported + waits.reportInterval <= now } ?? true
        insert(
            Refusal(
                reason: reason, until: now + wait, failures: before?.failures ?? 0,
                reported: isDue ? now : before?.reported ?? now),
            of: name, at: now)
        return isDue
    }

    /// Remembers one more failure of `name`; the wait follows from how many there were in a row,
    /// unless the CA says how long. Answers whether it is to be reported.
    @discardableResult
    package mutating func recordFailure(
        of name: ServerName, retryAfter: Duration?, at now: Date
    ) -> Bool {
        forgetPast(now)
        let before = entries[name]
        // A quota that is used up is no failure of the name: it does not climb the ladder.
        let failures = (before?.failures ?? 0) + (retryAfter == nil ? 1 : 0)
        let wait = retryAfter.map(waits.afterRateLimit) ?? waits.afterFailure(failures)
        let isDue = before.map { $0.reported + waits.reportInterval <= now } ?? true
        insert(
            Refusal(
                reason: retryAfter == nil ? .failed : .rateLimited, until: now + wait,
                failures: failures, reported: isDue ? now : before?.reported ?? now),
            of: name, at: now)
        return isDue
    }

    /// Puts back what was stored before a restart.
    package mutating func restore(_ refusal: Refusal, of name: ServerName, at now: Date) {
        guard forgetting(refusal) > now else { return }
        insert(refusal, of: name, at: now)
    }

    /// Forgets `name`: it was provisioned, or somebody asked for another try.
    package mutating func clear(_ name: ServerName) {
        entries[name] = nil
    }

    /// Drops what has no further meaning.
    package mutating func forgetPast(_ now: Date) {
        while let first = order.popDue(at: now) { drop(first) }
    }

    private mutating func insert(_ refusal: Refusal, of name: ServerName, at now: Date) {
        while entries.count >= capacity, entries[name] == nil, let first = order.popFirst() {
            drop(first)
        }
        entries[name] = refusal
        order.insert(name, at: forgetting(refusal))
        // What was replaced stays in the queue until its turn; never more than twice the names.
        if order.count > 2 * capacity { rebuild() }
    }

    /// Only when it was not replaced by an entry that lasts longer.
    private mutating func drop(_ deadline: DeadlineQueue<ServerName>.Deadline) {
        guard let refusal = entries[deadline.element], forgetting(refusal) <= deadline.moment else {
            return
        }
        entries[deadline.element] = nil
    }

    private mutating func rebuild() {
        order = DeadlineQueue()
        entries.forEach { name, refusal in order.insert(name, at: forgetting(refusal)) }
    }

    private func forgetting(_ refusal: Refusal) -> Date {
        let memory = refusal.failures > 0 ? waits.failureMemory : .zero
        return max(refusal.until + memory, refusal.reported + waits.reportInterval)
    }
}
