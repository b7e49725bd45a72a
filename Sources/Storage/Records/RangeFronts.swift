// SPDX-License-Identifier: Apache-2.0

/// Up to where ranges have nothing any more.
///
/// What is taken from the front of a queue leaves removals behind until the tables are merged; the
/// next to look there would walk over all of them again.
package struct RangeFronts {
    /// Ranges that are known at once; one more drives another out.
    package static let countMax = 64

    /// By prefix: no key that begins with it and is not behind this one has a record.
    private var fronts: [String: RecordKey] = [:]

    package init() {}

    /// Where a range from the first key with this prefix may as well begin: behind this key.
    package func front(of prefix: String) -> RecordKey? { fronts[prefix] }

    /// A walk from the first key with this prefix has met nothing but removals through `key`.
    package mutating func note(_ key: RecordKey, of prefix: String) {
        if fronts[prefix] == nil, fronts.count >= Self.countMax {
            fronts.removeValue(forKey: fronts.first?.key ?? prefix)
        }
        fronts[prefix] = key
    }

    /// There is a record under `key` from now on.
    package mutating func put(_ key: RecordKey) {
        for (prefix, front) in fronts where key <= front && key.text.hasPrefix(prefix) {
            fronts[prefix] = nil
        }
    }
}
