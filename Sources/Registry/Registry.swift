// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
package import Storage

/// What is known: domains, certificates and their issuances and versions, sites, webhooks, and the log
/// of all that has happened.
///
/// Every change is in one commit of the store with its events, and shares it with those that come at the
/// same time (`change`). Reading takes no turn and sees what was committed. Who may see what is not its
/// business: callers say an account, or check the object's.
///
/// Lives on the control loop.
package actor Registry: ObjectReading {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    let store: any RecordStore
    let clock: @Sendable () -> Date
    /// Events that the log keeps, the oldest leaving.
    let eventsMax: Int
    /// Changes that share a commit at most.
    let batchMax: Int
    /// Objects that a list with numbered pages reads where index entries do not say which are wanted.
    let lookedAtMax: Int
    /// Objects that an account may have; what is not here is bounded elsewhere.
    let objectsMax: [Event.Subject.Kind: Int]
    /// Names that no account may claim.
    var reserved = ReservedNames()
    var looks = QueueLooks()
    var isChanging = false
    /// Those that come first are made first.
    var waiting: [PendingChange] = []
    /// Whether a list counts what is wanted.
    var isCounting = false
    /// Lists that wait for their turn: no more than requests that the API has in hand.
    var counting: [(account: String, turn: CheckedContinuation<Void, Never>)] = []

    package static var eventsMaxDefault: Int { 1_000_000 }
    /// Records that one request for a page looks at.
    package static var scanMax: Int { 2_000 }
    /// Index entries that a list with numbered pages counts.
    package static var numberedMax: Int { 1 << 18 }
    package static var lookedAtMaxDefault: Int { 10_000 }
    /// Changes that wait for their turn; one more is `busy`.
    package static var waitingMax: Int { 4_096 }
    package static var batchMaxDefault: Int { 128 }
    package static var objectsMaxDefault: [Event.Subject.Kind: Int] {
        [
            .domain: 1_000_000, .certificate: 1_000_000, .site: 100_000, .contact: 10_000,
            .queue: 1_000, .webhook: 100,
        ]
    }
    /// How often a change is begun again when others are faster.
    package static var attemptsMax: Int { 16 }

    package init(
        store: any RecordStore, loop: EventLoop, eventsMax: Int = Registry.eventsMaxDefault,
        batchMax: Int = Registry.batchMaxDefault, lookedAtMax: Int = Registry.lookedAtMaxDefault,
        objectsMax: [Event.Subject.Kind: Int] = Registry.objectsMaxDefault,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.loop = loop
        self.eventsMax = eventsMax
        self.batchMax = batchMax
        self.lookedAtMax = lookedAtMax
        self.objectsMax = objectsMax
        self.clock = clock
    }

    /// Keeps these names for the operator from now on. Accounts that have one already go on having it.
    package func reserve(_ names: ReservedNames) {
        reserved = names
    }

    // MARK: One object

    package func event(_ number: EventNumber) async throws(StorageError) -> Event? {
        try await value(at: .event(number))
    }

    /// PEM of a private key, filed under the number of the issuance or version that it came with.
    package func privateKey(_ number: Int) async throws(StorageError) -> [UInt8]? {
        try await store.records([.privateKey(number)]).first.flatMap { $0 }?.value
    }

    package func object<Object: RegistryObject>(
        _ number: ObjectNumber<Object>
    ) async throws(StorageError) -> Object? {
        try await value(at: .object(number))
    }

    package func object<Object: RegistryObject>(
        at index: RecordKey
    ) async throws(StorageError) -> Object? {
        guard let entry = try await store.records([index]).first.flatMap({ $0 }),
            let number = ObjectNumber<Object>(indexed: entry.value)
        else { return nil }
        return try await object(number)
    }

    func value<Value: Decodable>(at key: RecordKey) async throws(StorageError) -> Value? {
        try await store.records([key]).first.flatMap { $0 }?.decoded()
    }
}
