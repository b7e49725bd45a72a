// SPDX-License-Identifier: Apache-2.0

/// A number of places that nobody can take from the others: a holder may have as many as are free.
///
/// One alone gets half of them, each of two a third, each of n one part in n + 1. However many there are
/// and whatever they hold on to, who has none yet finds one, until there are as many holders as places.
package struct SharedPlaces<Holder: Hashable> {
    /// Places that there are.
    package let count: Int
    private var held: [Holder: Int] = [:]
    private var taken = 0

    package init(_ count: Int) {
        self.count = count
    }

    /// Takes a place; false where none is left for this holder.
    package mutating func take(for holder: Holder) -> Bool {
        let own = held[holder, default: 0]
        guard own < count - taken else { return false }
        held[holder] = own + 1
        taken += 1
        return true
    }

    /// Gives one back that was taken.
    package mutating func leave(_ holder: Holder) {
        guard let own = held[holder] else { return }
        held[holder] = own > 1 ? own - 1 : nil
        taken -= 1
    }
}
