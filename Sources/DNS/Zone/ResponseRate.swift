// SPDX-License-Identifier: Apache-2.0
package import Networking

/// How many datagrams a network is sent in answer to what claims to come from it: addresses are
/// easily forged, and answers are larger than questions.
///
/// A fixed table of token buckets, in which networks may share one; nothing grows with the number of
/// those who ask. Pure: knows instants, not clocks.
package struct ResponseRate: Sendable {
    package enum Verdict: Hashable, Sendable {
        case answer
        /// An empty answer that says "ask over TCP": who really is there can.
        case truncate
        case drop
    }

    private struct Bucket {
        var tokens: Double
        var filled: Instant
        /// Refused ones since the last that was let through.
        var refused = 0
    }

    /// Answers a second for an IPv4 /24 or an IPv6 /56. Default: 100.
    package let perSecond: Double
    /// Answers in one go. Default: 200.
    package let burst: Double
    private var buckets: [Bucket]

    /// Buckets in the table. Default: 16,384, some 400 KB.
    package static let bucketCount = 16_384
    /// Of those who are over their rate, one in so many is told to use TCP.
    private static let slip = 2

    package init(perSecond: Double = 100, burst: Double = 200, at now: Instant) {
        self.perSecond = perSecond
        self.burst = burst
        buckets = Array(
            repeating: Bucket(tokens: burst, filled: now), count: Self.bucketCount)
    }

    package mutating func verdict(on source: IPAddress, at now: Instant) -> Verdict {
        let place = Self.place(of: source)
        var bucket = buckets[place]
        defer { buckets[place] = bucket }
        if now > bucket.filled {
            let seconds = Double(now.nanoseconds &- bucket.filled.nanoseconds) / 1e9
            bucket.tokens = min(burst, bucket.tokens + seconds * perSecond)
            bucket.filled = now
        }
        guard bucket.tokens >= 1 else {
            bucket.refused += 1
            return bucket.refused % Self.slip == 0 ? .truncate : .drop
        }
        bucket.tokens -= 1
        bucket.refused = 0
        return .answer
    }

    /// Swift's hashes are keyed at random in each process: nobody can aim at another's bucket.
    private static func place(of source: IPAddress) -> Int {
        var hasher = Hasher()
        switch source {
        case .v4(let value): hasher.combine(value >> 8)
        case .v6(let high, _): hasher.combine(high >> 8)
        }
        return Int(UInt(bitPattern: hasher.finalize()) % UInt(bucketCount))
    }
}
