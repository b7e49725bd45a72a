// SPDX-License-Identifier: Apache-2.0

/// A number of places that a few cannot take from the others.
///
/// A quarter is kept for those who have none yet, one each; of what is left a holder may have as many as
/// are free. One alone gets three eighths, each of two a quarter. Whatever holders hold on to, and in
/// whatever order they come, it takes a quarter as many of them as there are places to keep the next out.
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
        let free = count - taken
        guard own == 0 ? free > 0 : own < free - kept else { return false }
        held[holder] = own + 1
        taken += 1
        return true
    }

    private var kept: Int { count / 4 }

    /// Gives one back that was taken.
    package mutating func leave(_ holder: Holder) {
        guard let own = held[holder] else { return }
        held[holder] = own > 1 ? own - 1 : nil
        taken -= 1
    }
}
