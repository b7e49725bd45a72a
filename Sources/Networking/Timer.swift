// SPDX-License-Identifier: Apache-2.0

/// Something that a loop does at a moment to come. Used on its loop only.
package final class Timer {
    fileprivate(set) var moment: Instant = .distantFuture
    fileprivate var position: Int?
    private var action: (() -> Void)?
    private unowned let loop: EventLoop

    init(on loop: EventLoop, _ action: @escaping () -> Void) {
        self.loop = loop
        self.action = action
    }

    /// Takes it back; nothing happens when it has fired or was cancelled before.
    package func cancel() {
        loop.preconditionCurrent()
        loop.timers.remove(self)
        action = nil
    }

    /// Sets it, or moves it, to `moment`.
    func arm(at moment: Instant) {
        loop.timers.set(self, to: moment)
    }

    func disarm() {
        loop.timers.remove(self)
    }

    func fire() {
        action?()
    }
}

/// The timers of one loop: a binary heap in which each timer knows its place.
struct TimerQueue {
    private var heap: [Timer] = []

    /// When the earliest one is due.
    var next: Instant? { heap.first?.moment }

    mutating func set(_ timer: Timer, to moment: Instant) {
        timer.moment = moment
        if let position = timer.position {
            settle(position)
        } else {
            timer.position = heap.count
            heap.append(timer)
            settle(heap.count - 1)
        }
    }

    mutating func remove(_ timer: Timer) {
        guard let position = timer.position else { return }
        timer.position = nil
        let last = heap.removeLast()
        guard position < heap.count else { return }
        heap[position] = last
        last.position = position
        settle(position)
    }

    /// Takes out the earliest timer that is due at `now`.
    mutating func popDue(at now: Instant) -> Timer? {
        guard let first = heap.first, first.moment <= now else { return nil }
        remove(first)
        return first
    }

    private mutating func settle(_ start: Int) {
        var position = start
        while position > 0, heap[position].moment < heap[(position - 1) / 2].moment {
            swap(position, (position - 1) / 2)
            position = (position - 1) / 2
        }
        while true {
            var earliest = position
            for child in [2 * position + 1, 2 * position + 2]
            where child < heap.count && heap[child].moment < heap[earliest].moment {
                earliest = child
            }
            guard earliest != position else { return }
            swap(position, earliest)
            position = earliest
        }
    }

    private mutating func swap(_ left: Int, _ right: Int) {
        heap.swapAt(left, right)
        heap[left].position = left
        heap[right].position = right
    }
}
