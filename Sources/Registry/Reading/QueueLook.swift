// SPDX-License-Identifier: Apache-2.0

/// What is known to wait in a poll queue, so that a poll looks at no event that an earlier one has looked
/// at. Made anew from the log after a start.
struct QueueLook: Sendable {
    /// Events through this one were looked at.
    private(set) var through: Int
    /// The oldest ones that wait: up to `Registry.waitingCountMax`, four bytes each.
    private(set) var waiting: [Int32] = []

    init(after confirmed: Int) {
        through = confirmed
    }

    var isFull: Bool { waiting.count >= Registry.waitingCountMax }

    /// Events through this one wait no longer: they are confirmed, or have left the log.
    mutating func drop(through number: Int) {
        waiting.removeFirst(waiting.prefix { $0 <= number }.count)
        through = max(through, number)
    }

    /// Takes the next event of the log.
    mutating func see(_ number: Int, isWanted: Bool) {
        guard let small = Int32(exactly: number) else { return }
        if isWanted { waiting.append(small) }
        through = number
    }
}

/// The looks of the queues that were polled of late, the one left alone longest leaving.
struct QueueLooks: Sendable {
    struct Key: Hashable, Sendable {
        let queue: String
        let account: String
        let kinds: Set<Event.Kind>
    }

    private var looks: [Key: (look: QueueLook, turn: Int)] = [:]
    private var turn = 0

    /// Queues that are remembered: a megabyte when all are full.
    static let countMax = 256

    var count: Int { looks.count }

    subscript(_ key: Key) -> QueueLook? { looks[key]?.look }

    mutating func remember(_ look: QueueLook, of key: Key) {
        turn += 1
        looks[key] = (look, turn)
        guard looks.count > Self.countMax,
            let oldest = looks.min(by: { $0.value.turn < $1.value.turn })?.key
        else { return }
        looks[oldest] = nil
    }
}
