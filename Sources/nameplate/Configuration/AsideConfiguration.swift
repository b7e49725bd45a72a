// SPDX-License-Identifier: Apache-2.0

/// `origin.aside`: when one of several origins gets no requests for a time.
struct AsideConfiguration: Equatable, Sendable {
    /// How often in a row it must fail. Default: 3.
    var failures = 3
    /// The time within which it must. Default: 10 s.
    var within = Duration.seconds(10)
    /// How long it is put aside first; each further time twice as long. Default: 5 s.
    var first = Duration.seconds(5)
    /// How long at most. Default: 1 min.
    var longest = Duration.seconds(60)

    enum Key: String, ConfigurationKey {
        case failures
        case within
        case first
        case longest
    }
}

extension AsideConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> AsideConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var aside = AsideConfiguration()
        let times = Duration.milliseconds(10) ... .seconds(86_400)
        keys.read(.failures, into: &aside.failures, in: 1...1000)
        keys.read(.within, into: &aside.within, in: times)
        keys.read(.first, into: &aside.first, in: times)
        keys.read(.longest, into: &aside.longest, in: times)
        if aside.longest < aside.first {
            cursor.problem(
                "expected longest to be no shorter than first, found "
                    + "\"\(DurationText.text(aside.longest))\" and "
                    + "\"\(DurationText.text(aside.first))\"")
        }
        return aside
    }
}
