// SPDX-License-Identifier: Apache-2.0

/// Some of the origins of one list, by their places in it.
package struct OriginSet: Sendable {
    private var places: UInt64 = 0

    /// How many origins a list may have.
    package static let limit = UInt64.bitWidth

    package init() {}

    package func contains(_ place: Int) -> Bool {
        places & (1 << UInt64(place)) != 0
    }

    package mutating func insert(_ place: Int) {
        places |= 1 << UInt64(place)
    }
}
