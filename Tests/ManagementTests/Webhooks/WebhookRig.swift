// SPDX-License-Identifier: Apache-2.0
import Foundation
import Management
import Networking
import Registry
import Storage
import Synchronization
import TLS
import TestSupport

/// Webhooks over a registry in a temporary directory, told by a clock that the test moves.
final class WebhookRig {
    let clock = Moment(Date(timeIntervalSince1970: 1_900_000_000))
    let registry: Registry
    let webhooks: Webhooks
    let loops: [EventLoop]
    let lookup: NamesAndAddresses
    private let records: RecordFiles
    private let path: String
    private let removesFiles: Bool
    let caller = Caller(account: "main", actor: "app", requestID: "r-1")
    static let secret = "whsec_5f0c"

    /// - Parameter path: where another rig has its records; it must be gone.
    init(
        at path: String? = nil, removesFiles: Bool = true, allowed: [String] = ["127.0.0.0/8"],
        deadline: Duration = .seconds(60), eventsMax: Int = Registry.eventsMaxDefault
    ) throws {
        self.path =
            path ?? NSTemporaryDirectory() + "nameplate-hooks-\(UInt64.random(in: 0 ... .max))"
        self.removesFiles = removesFiles
        let storage = try EventLoop(name: "storage")
        let control = try EventLoop(name: "control")
        let management = try EventLoop(name: "management")
        loops = [management, control, storage]
        let clock = clock
        records = try RecordFiles(directory: self.path, on: storage)
        registry = Registry(
            store: records, loop: control,
            eventsMax: eventsMax, clock: { clock.now })
        let lookup = NamesAndAddresses()
        self.lookup = lookup
        webhooks = Webhooks(
            registry: registry,
            sender: try WebhookSender(
                loop: management, trustedRoots: .system, lookup: lookup, userAgent: "nameplate",
                targets: WebhookTargets(allowed: allowed.compactMap { AddressBlock($0) })),
            formats: [NativeWebhookFormat()], loop: management, deadline: deadline,
            clock: { clock.now })
    }

    deinit {
        for loop in loops { loop.shutdown() }
        if removesFiles { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Lets another rig have the records.
    func close() async { await records.close() }

    func webhook(
        _ url: String, types: [Event.Kind] = [.domainChanged], of account: String = "main"
    ) async throws -> Webhook {
        let caller = Caller(account: account, actor: "app", requestID: "r-1")
        return try await registry.change(by: caller) { draft in
            var webhook = Webhook(
                number: try await draft.nextNumber(), account: account, url: url, format: .native,
                secret: Self.secret, at: draft.now)
            webhook.types = types
            return draft.put(webhook)
        }
    }

    /// Something happens to a domain of that number.
    func happen(_ numbers: ClosedRange<Int>, to account: String = "main") async throws {
        let caller = Caller(account: account, actor: "app", requestID: "r-1")
        try await registry.change(by: caller) { draft in
            for number in numbers {
                draft.record(
                    .domainChanged, about: Event.Subject(.domain, number, "a.example.com"),
                    data: ["number": .integer(number)])
            }
        }
    }

    /// Tries everything that is due, and what becomes due by that.
    func deliver() async throws {
        for _ in 0..<1_000 {
            _ = await webhooks.turn()
            await webhooks.settle()
            guard let next = try await nextDue(), next <= clock.now else { return }
        }
    }

    /// Lets time pass from one moment at which something is due to the next, until nothing is.
    func deliverToTheEnd() async throws {
        for _ in 0..<10_000 {
            try await deliver()
            guard let next = try await nextDue() else { return }
            clock.now = max(next, clock.now)
        }
    }

    /// When the next attempt is to be made of all that are not under way. What was begun may have ended
    /// before one can look: only the registry knows that nothing is left.
    private func nextDue() async throws -> Date? {
        var next: Date?
        for webhook in try await registry.allWebhooks(PageRequest(limit: 500)).elements
        where webhook.suppressedAt == nil {
            let first = try await registry.pendingDeliveries(of: webhook.number, limit: 1).first
            if let first { next = min(next ?? first.dueAt, first.dueAt) }
        }
        return next
    }

    func history(of webhook: Webhook) async throws -> [DeliveryAttempt] {
        try await registry.deliveries(of: webhook.number, PageRequest(limit: 500)).elements
    }
}

/// Answers the addresses that a test has set for a name, the next list each time.
final class NamesAndAddresses: HostLookup {
    private let answers = Mutex<[String: [[IPAddress]]]>([:])

    func set(_ name: String, _ lists: [[String]]) {
        answers.withLock { $0[name] = lists.map { $0.compactMap { IPAddress($0) } } }
    }

    func addresses(of host: String) async throws -> [IPAddress] {
        try answers.withLock { answers in
            guard let first = answers[host]?.first else { throw NoAddress() }
            if let count = answers[host]?.count, count > 1 { answers[host]?.removeFirst() }
            return first
        }
    }

    struct NoAddress: Error {}
}
