// SPDX-License-Identifier: Apache-2.0

/// `log`: what is written to standard error, and how.
struct LogConfiguration: Equatable, Sendable {
    /// Lines below this level are not written. Default: info.
    var level = LogLevel.info
    /// Default: text on a terminal, JSON elsewhere.
    var format = LogFormat.auto
    /// A line for each request. Default: false.
    var access = false

    enum Key: String, ConfigurationKey {
        case level
        case format
        case access
    }
}

extension LogConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> LogConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var log = LogConfiguration()
        keys.read(.level, into: &log.level)
        keys.read(.format, into: &log.format)
        keys.read(.access, into: &log.access)
        return log
    }
}

extension LogLevel: ConfigurationValue {}
extension LogFormat: ConfigurationValue {}
