// SPDX-License-Identifier: Apache-2.0
import Networking
import Synchronization
import Testing

actor Resident {
    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.serialExecutor.asUnownedSerialExecutor()
    }
    private var visits = 0

    init(loop: EventLoop) { self.loop = loop }

    func visit() -> (count: Int, onLoop: Bool) {
        visits += 1
        return (visits, loop.isCurrent)
    }

    func nap() async throws -> Bool {
        try await loop.sleep(for: .milliseconds(5))
        return loop.isCurrent
    }
}

@Suite struct EventLoopTests {
    let loop: EventLoop

    init() throws {
        loop = try EventLoop(name: "test")
    }

    @Test func `messages run on the loop in the order they were sent`() async {
        let seen = LoopBox<[Int]>([])
        for number in 0..<1000 { loop.execute { seen.value.append(number) } }
        let order = await loop.run { seen.value }
        #expect(order == Array(0..<1000))
    }

    @Test func `every step of a spawned task runs on its loop`() async throws {
        let loop = loop
        let places = await withCheckedContinuation { continuation in
            loop.spawn {
                var places = [loop.isCurrent]
                await Task.yield()
                places.append(loop.isCurrent)
                try? await loop.sleep(for: .milliseconds(1))
                places.append(loop.isCurrent)
                continuation.resume(returning: places)
            }
        }
        #expect(places == [true, true, true])
    }

    @Test func `an actor lives on the loop it names, and its callers come back to theirs`()
        async throws
    {
        let other = try EventLoop(name: "other")
        let resident = Resident(loop: loop)
        let outcome = await withCheckedContinuation { continuation in
            other.spawn {
                let first = await resident.visit()
                let between = other.isCurrent
                let napped = (try? await resident.nap()) ?? false
                continuation.resume(
                    returning: [first.onLoop, between, napped, other.isCurrent])
            }
        }
        #expect(outcome == [true, true, true, true])
    }

    @Test func `timers fire in the order of their moments, and not when cancelled`() async throws {
        let loop = loop
        let seen = LoopBox<[Int]>([])
        await loop.run {
            for number in [3, 1, 2] {
                _ = loop.schedule(after: .milliseconds(number * 3)) { seen.value.append(number) }
            }
            loop.schedule(after: .milliseconds(4)) { seen.value.append(99) }.cancel()
        }
        await withCheckedContinuation { continuation in
            loop.spawn {
                try? await loop.sleep(for: .milliseconds(30))
                continuation.resume()
            }
        }
        let order = await loop.run { seen.value }
        #expect(order == [1, 2, 3])
    }

    @Test func `a cancelled sleep ends at once`() async throws {
        let loop = loop
        let woken = await withCheckedContinuation { continuation in
            let task = loop.spawn {
                do {
                    try await loop.sleep(for: .seconds(3600))
                    continuation.resume(returning: false)
                } catch {
                    continuation.resume(returning: true)
                }
            }
            loop.execute { task.cancel() }
        }
        #expect(woken)
    }
}

/// A variable for messages of one loop to share in a test.
final class LoopBox<Value>: @unchecked Sendable {
    var value: Value
    init(_ value: Value) { self.value = value }
}
