// SPDX-License-Identifier: Apache-2.0
import Registry

/// Issuances that wait for a place, each once, in the order in which they came.
struct IssuanceQueue {
    private var waiting: [IssuanceNumber] = []
    /// How many of `waiting` have left already: they go in one piece.
    private var gone = 0
    private var members: Set<IssuanceNumber> = []

    var count: Int { members.count }

    func contains(_ number: IssuanceNumber) -> Bool { members.contains(number) }

    mutating func append(_ number: IssuanceNumber) {
        guard members.insert(number).inserted else { return }
        waiting.append(number)
    }

    mutating func popFirst() -> IssuanceNumber? {
        while gone < waiting.count {
            let next = waiting[gone]
            gone += 1
            if gone > 64, gone * 2 > waiting.count {
                waiting.removeFirst(gone)
                gone = 0
            }
            if members.remove(next) != nil { return next }
        }
        return nil
    }

    /// It need not wait any more; its place is skipped.
    mutating func remove(_ number: IssuanceNumber) {
        members.remove(number)
    }
}
