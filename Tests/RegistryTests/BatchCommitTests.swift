// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage
import Synchronization
import Testing

@testable import Registry

/// The commit that changes share: what comes of each when it is made, fails, or comes too late.
struct BatchCommitTests {
    private typealias Change = @Sendable () async throws -> Void

    private struct Declined: Error {}

    private static func register(_ name: String, in ledger: Ledger) -> Change {
        { try await ledger.register(name) }
    }

    @Test func `nobody is answered, and nothing is read, before the commit`() async throws {
        let ledger = try Ledger()
        let commit = Gate()
        ledger.memory.beforeCommit.withLock { $0 = { await commit.pass() } }
        let answered = Mutex(0)
        let isBegun = Mutex(false)
        let name = try Ledger.name("a.example.com")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { @Sendable in
                _ = await ledger.together([
                    { @Sendable in
                        try await ledger.register("a.example.com")
                        answered.withLock { $0 += 1 }
                    },
                    { @Sendable in
                        defer { answered.withLock { $0 += 1 } }
                        try await ledger.registry.change(by: ledger.caller) { _ in throw Declined()
                        }
                    },
                ])
            }
            await commit.arrival()
            group.addTask { @Sendable in
                let seen = try? await ledger.registry.change(by: ledger.caller) { draft in
                    isBegun.withLock { $0 = true }
                    return try await draft.domain(named: name)
                }
                #expect(seen?.number.value == 1)
            }
            await ledger.waiting(1)
            for _ in 0..<100 { await Task.yield() }
            #expect(answered.withLock { $0 } == 0)
            #expect(!isBegun.withLock { $0 })
            ledger.memory.beforeCommit.withLock { $0 = nil }
            commit.open()
        }
        #expect(answered.withLock { $0 } == 2)
    }

    @Test func `where the commit fails every change does, also one that had thrown`() async throws {
        let ledger = try Ledger()
        ledger.memory.failure.withLock { $0 = .tooMuch(path: "records", "the disk is full") }
        let outcomes = await ledger.together([
            Self.register("a.example.com", in: ledger),
            // It rests on what was not written.
            Self.register("a.example.com", in: ledger),
            Self.register("b.example.com", in: ledger),
        ])
        #expect(outcomes.allSatisfy { $0.error is StorageError })
        #expect(ledger.memory.all.isEmpty)
        ledger.memory.failure.withLock { $0 = nil }
        #expect(try await ledger.register("a.example.com").number.value == 1)
    }

    @Test func `a change that is always overtaken holds up no other`() async throws {
        let ledger = try Ledger()
        let other = try ledger.another()
        let contested = try await ledger.register("contested.example.com").number
        let isNested = Mutex(false)
        ledger.memory.beforeCommit.withLock { hook in
            hook = {
                guard
                    isNested.withLock({ flag in
                        defer { flag.toggle() }
                        return !flag
                    })
                else { return }
                try? await other.registry.change(by: other.caller) { draft in
                    if let domain = try await draft.domain(contested) { draft.put(domain) }
                }
            }
        }
        let runs = Mutex(0)
        let overtaken: Change = {
            try await ledger.registry.change(by: ledger.caller) { draft in
                let domain = try #require(try await draft.domain(contested))
                draft.put(domain)
            }
        }
        let others = (0..<100).map { index -> Change in
            { @Sendable in
                try await ledger.registry.change(by: ledger.caller) { draft in
                    runs.withLock { $0 += 1 }
                    draft.putPrivateKey([1], as: index)
                }
            }
        }
        let outcomes = await ledger.together([overtaken] + others)
        #expect(outcomes[0].error as? RegistryError == .contended)
        #expect(outcomes.dropFirst().allSatisfy { $0.error == nil })
        // Once each, and again with it: first all, then half as many each time.
        #expect(runs.withLock { $0 } < 5 * others.count)
    }

    @Test func `a change whose caller was cancelled is made, and so are those with it`()
        async throws
    {
        let ledger = try Ledger()
        let outcomes = await ledger.together([
            { @Sendable in
                let task = Task { try await ledger.register("a.example.com") }
                task.cancel()
                _ = try await task.value
            },
            Self.register("b.example.com", in: ledger),
        ])
        #expect(outcomes.allSatisfy { $0.error == nil })
        #expect(try await ledger.events().map(\.number.value) == [1, 2])
    }
}
