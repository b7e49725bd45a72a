// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials

/// The `Retry-After` field (RFC 9110 §10.2.3).
package enum RetryAfter {
    /// How long to wait: seconds as they stand, a date as its distance from `now`, never negative
    /// and at most a week. Nil when it is neither.
    package static func delay(_ field: String?, now: Date) -> Duration? {
        guard let text = field?.trimmedASCII, !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return min(.seconds(Int64(text) ?? Int64(Int32.max)), longest)
        }
        guard let date = HTTPDate.parse(text, now: now) else { return nil }
        let seconds = date.timeIntervalSince(now)
        return min(max(.zero, .seconds(min(seconds, 1e9))), longest)
    }

    private static let longest = Duration.seconds(7 * 86_400)
}

extension String {
    fileprivate var trimmedASCII: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
