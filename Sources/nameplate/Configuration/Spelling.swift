// SPDX-License-Identifier: Apache-2.0

/// Guesses what was meant by a word that nobody knows.
enum Spelling {
    /// The nearest candidate, when it is near enough to be a slip: a third of the word at most.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let best =
            candidates
            .map { (candidate: $0, distance: distance(word, $0)) }
            .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }
        guard let best, best.distance <= max(1, word.utf8.count / 3) else { return nil }
        return best.candidate
    }

    /// Letters added, left out, replaced or swapped with their neighbour; `-`, `_` and the case of
    /// letters count for nothing.
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = folded(left)
        let right = folded(right)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                var cost = min(last[j] + (left[i] == right[j] ? 0 : 1), row[j] + 1, last[j + 1] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }

    /// Longer words are cut: no key is that long.
    private static func folded(_ word: String) -> [UInt8] {
        word.lowercased().utf8.prefix(64).filter {
            $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-")
        }
    }
}
