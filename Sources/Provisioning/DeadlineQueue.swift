// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Things in the order of a moment: a binary heap, earliest first.
///
/// Nothing is taken out of its middle: who changes its mind inserts again, and finds out when the
/// older entry comes up that it no longer holds.
struct DeadlineQueue<Element: Sendable>: Sendable {
    struct Deadline: Sendable {
        var moment: Date
        var element: Element
    }

    private var heap: [Deadline] = []

    var count: Int { heap.count }
    var first: Deadline? { heap.first }

    mutating func insert(_ element: Element, at moment: Date) {
        heap.append(Deadline(moment: moment, element: element))
        var child = heap.count - 1
        while child > 0, heap[child].moment < heap[(child - 1) / 2].moment {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func popDue(at now: Date) -> Deadline? {
        guard let first = heap.first, first.moment <= now else { return nil }
        return popFirst()
    }

    mutating func popFirst() -> Deadline? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var earliest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].moment < heap[earliest].moment {
                earliest = child
            }
            guard earliest != parent else { return first }
            heap.swapAt(parent, earliest)
            parent = earliest
        }
    }
}
