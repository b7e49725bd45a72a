// SPDX-License-Identifier: Apache-2.0

/// How much a line matters.
enum LogLevel: String, CaseIterable, Comparable, Sendable {
    /// For finding out what happens inside.
    case debug
    /// The normal course of things.
    case info
    /// Something is wrong and we go on.
    case warning
    /// Something does not work.
    case error

    static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}

/// What a line looks like.
enum LogFormat: String, CaseIterable, Sendable {
    /// Text on a terminal, JSON elsewhere.
    case auto
    /// For people.
    case text
    /// For programs: one object a line.
    case json
}
