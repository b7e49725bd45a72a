// SPDX-License-Identifier: Apache-2.0

/// How much of what we answered to the peer's frames it has not read: at least what lies in the
/// output, at most what came there while the output turned over once.
///
/// Answers lie among content, which is no debt. Where each of them lies is not kept; two sums are,
/// of which the older one is forgotten when everything that was there has left.
struct AnswerDebt: Sendable {
    private var older = 0
    private var newer = 0
    /// Bytes that still have to leave until the older sum is settled.
    private var ahead = 0
    /// What the output held when a call of the machine's ended.
    private var held = 0

    var bytes: Int { older + newer }

    /// A call begins with `count` bytes in the output; what is missing was sent.
    mutating func begin(_ count: Int) {
        guard bytes > 0 else {
            ahead = 0
            return
        }
        ahead -= max(0, held - count)
        guard ahead <= 0 || count == 0 else { return }
        older = count == 0 ? 0 : newer
        newer = 0
        ahead = count
    }

    /// An answer was appended.
    mutating func owe(_ count: Int) {
        newer += count
    }

    /// A call ends with `count` bytes in the output.
    mutating func end(_ count: Int) {
        held = count
    }
}
