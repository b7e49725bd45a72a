// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
package import Storage
package import TLS

/// The memory of refusals: every data loop has a copy, storage too.
///
/// Lives on the control loop. What is stored is up to `saveDelay` old: a crash forgets the last
/// few refusals, and their names are looked at once more.
package final class Refusals {
    package struct Configuration: Sendable {
        /// Names remembered; the one that expires first makes room. Default: 100,000.
        package var capacity = 100_000
        package var waits = RefusalWaits()
        /// How long changes are gathered before they are stored. Default: 2 s.
        package var saveDelay = Duration.seconds(2)

        package init() {}
    }

    private var memory: RefusalMemory
    private let configuration: Configuration
    private let loops: DataLoops
    private let store: any KeyValueStore
    private let control: EventLoop
    private let work: EventLoop
    private let events: any EventSink
    private let clock: @Sendable () -> Date
    private var saving: Timer?
    private var publishing: Timer?

    /// `work` is the loop for what takes long: writing a hundred thousand lines.
    package init(
        loops: DataLoops, store: any KeyValueStore, control: EventLoop, work: EventLoop,
        events: any EventSink, configuration: Configuration = Configuration(),
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.configuration = configuration
        self.loops = loops
        self.store = store
        self.control = control
        self.work = work
        self.events = events
        self.clock = clock
        memory = RefusalMemory(capacity: configuration.capacity, waits: configuration.waits)
    }

    package var count: Int { memory.count }
    package var waits: RefusalWaits { configuration.waits }

    /// The refusal of `name` while it lasts.
    package func refusal(of name: ServerName) -> Refusal? {
        memory.refusal(of: name, at: clock())
    }

    /// Refuses `name` for `wait`. Answers until when, and whether it is to be reported.
    package func record(
        _ reason: Refusal.Reason, of name: ServerName, for wait: Duration
    ) -> (until: Date, isReported: Bool) {
        let isReported = memory.record(reason, of: name, for: wait, at: clock())
        return (changed(name), isReported)
    }

    /// Refuses `name` after one more failure, for as long as the ladder or the CA says. Answers
    /// until when.
    package func recordFailure(of name: ServerName, retryAfter: Duration?) -> Date {
        memory.recordFailure(of: name, retryAfter: retryAfter, at: clock())
        return changed(name)
    }

    /// Forgets `name`: it has its certificate, or somebody asks for another try.
    package func clear(_ name: ServerName) {
        guard memory.entries[name] != nil else { return }
        memory.clear(name)
        _ = changed(name)
    }

    /// Forgets names that were refused because a wildcard above them was deprovisioned.
    package func clearWithdrawn() {
        var names: [ServerName] = []
        memory.entries.forEach { name, refusal in
            if refusal.reason == .withdrawn { names.append(name) }
        }
        for name in names { clear(name) }
    }

    private func changed(_ name: ServerName) -> Date {
        if publishing == nil {
            publishing = control.schedule(after: Self.publishDelay) { [self] in publish() }
        }
        if saving == nil {
            saving = control.schedule(after: configuration.saveDelay) { [self] in
                saving = nil
                let bound = LoopBound(self, on: control)
                control.spawn { await bound.value.save() }
            }
        }
        return memory.entries[name]?.until ?? clock()
    }

    /// Tells the loops now what they would be told soon.
    package func publish() {
        publishing?.cancel()
        publishing = nil
        loops.update { state in
            state.refusals = memory.entries
            return []
        }
    }

    // MARK: Storage

    /// Takes up what an earlier process left. Names it has refused itself by now stay as they are.
    package func load() async {
        do {
            guard let text = try await store.read([Self.file], in: Self.key)?.contents[Self.file]
            else { return }
            let stored = await work.run { RefusalText.parse(text) }
            let now = clock()
            for (name, refusal) in stored where memory.entries[name] == nil {
                memory.restore(refusal, of: name, at: now)
            }
            publish()
        } catch {
            events.record(.storageFailed(doing: "reading the memory of refusals", error))
        }
    }

    /// Stores what is known now: called after changes, and before the process ends.
    package func save() async {
        saving?.cancel()
        saving = nil
        memory.forgetPast(clock())
        let entries = memory.entries
        let text = await work.run { RefusalText.write(entries) }
        do {
            try await store.write([StoredFile(Self.file, text)], in: Self.key)
        } catch {
            events.record(.storageFailed(doing: "storing the memory of refusals", error))
        }
    }

    /// A flood of names is told to the loops in batches; who asks meanwhile is answered from here.
    private static let publishDelay = Duration.milliseconds(5)
    private static let file = "refusals"
    private static var key: StorageKey {
        guard let key = StorageKey("state", "refusals") else {
            preconditionFailure("a valid key")
        }
        return key
    }
}
