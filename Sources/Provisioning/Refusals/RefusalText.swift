// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TLS

/// How refusals are stored: a line each, `until reason failures name`, seconds since 1970.
enum RefusalText {
    static func write(_ refusals: ShardedMap<ServerName, Refusal>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(refusals.count * 64)
        refusals.forEach { name, refusal in
            let until = Int64(refusal.until.timeIntervalSince1970.rounded(.up))
            let line = "\(until) \(refusal.reason.rawValue) \(refusal.failures) \(name.text)\n"
            text.append(contentsOf: line.utf8)
        }
        return text
    }

    /// A line that does not read is left out: the name is looked at once more, that is all.
    static func parse(_ text: [UInt8]) -> [(ServerName, Refusal)] {
        text.split(separator: UInt8(ascii: "\n")).compactMap(parseLine)
    }

    private static func parseLine(_ line: ArraySlice<UInt8>) -> (ServerName, Refusal)? {
        let words = line.split(separator: UInt8(ascii: " ")).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard words.count == 4, let until = Int64(words[0]),
            let reason = Refusal.Reason(rawValue: words[1]),
            let failures = Int(words[2]), failures >= 0, let name = ServerName(words[3])
        else { return nil }
        let refusal = Refusal(
            reason: reason, until: Date(timeIntervalSince1970: Double(until)), failures: failures,
            reported: .distantPast)
        return (name, refusal)
    }
}
