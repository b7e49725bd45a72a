// SPDX-License-Identifier: Apache-2.0
import Networking

/// Bounds the sockets that lookups have open at once; who finds none free waits in line.
///
/// On one loop.
final class LookupSlots {
    private let loop: EventLoop
    private let maxWaiting: Int
    private var free: Int
    private var line: [Place] = []

    init(count: Int, maxWaiting: Int, on loop: EventLoop) {
        free = count
        self.maxWaiting = maxWaiting
        self.loop = loop
    }

    /// Waits for a slot. False when there was none by the deadline, or the line is too long.
    func acquire(by deadline: Instant) async -> Bool {
        if free > 0 {
            free -= 1
            return true
        }
        guard line.count < maxWaiting else { return false }
        return await withCheckedContinuation { continuation in
            let place = Place(continuation)
            place.timer = loop.schedule(after: Instant.now.duration(to: deadline)) { [self] in
                line.removeAll { $0 === place }
                place.resume(false)
            }
            line.append(place)
        }
    }

    /// Hands the slot to who has waited longest.
    func release() {
        if line.isEmpty {
            free += 1
        } else {
            line.removeFirst().resume(true)
        }
    }

    private final class Place {
        var timer: Networking.Timer?
        private let continuation: CheckedContinuation<Bool, Never>

        init(_ continuation: CheckedContinuation<Bool, Never>) {
            self.continuation = continuation
        }

        func resume(_ hasSlot: Bool) {
            timer?.cancel()
            continuation.resume(returning: hasSlot)
        }
    }
}
