// SPDX-License-Identifier: Apache-2.0
package import Networking
package import Provisioning
package import Registry

/// What the operations of the native API work with.
package struct NativeServices: Sendable {
    package let lifecycle: Lifecycle
    /// For answers that are remembered, and for who waits for events.
    package let registry: Registry
    package let access: AccessControl
    package let catalogue: Catalogue
    /// Why a URL may not be told of events; nil: it may.
    package let refusal: @Sendable (_ webhook: String) async -> String?
    /// Told what a client is not: why the edge could not do what a request asked for.
    let trouble: @Sendable (_ why: String, _ requestID: String) -> Void
    /// The management loop.
    package let loop: EventLoop
    /// One for all that serve the same clients, whatever configuration they were made for.
    let requests: RequestsInFlight

    package init(
        lifecycle: Lifecycle, registry: Registry, access: AccessControl, catalogue: Catalogue,
        refusal: @escaping @Sendable (_ webhook: String) async -> String?, loop: EventLoop,
        requests: RequestsInFlight,
        trouble: @escaping @Sendable (_ why: String, _ requestID: String) -> Void = { _, _ in }
    ) {
        self.lifecycle = lifecycle
        self.registry = registry
        self.access = access
        self.catalogue = catalogue
        self.refusal = refusal
        self.loop = loop
        self.requests = requests
        self.trouble = trouble
    }
}

/// Which requests with an `Idempotency-Key` are being answered. On the management loop.
package actor RequestsInFlight {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    private let loop: EventLoop
    /// No more than the server answers at once.
    private var keys: Set<String> = []

    package init(on loop: EventLoop) {
        self.loop = loop
    }

    /// False when one with this key is under way.
    func begin(_ key: String) -> Bool { keys.insert(key).inserted }

    func end(_ key: String) { keys.remove(key) }
}
