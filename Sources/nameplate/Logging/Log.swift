// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

import Networking

/// Where log lines go: standard error, written by a loop of its own.
///
/// Any thread may log. Nobody waits for the writing: lines queue up to a bound, and beyond it they
/// are dropped and counted. A terminal that was stopped stalls nothing but the log.
final class Log: Sendable {
    private let loop: EventLoop
    private let sink: @Sendable (String) -> Void
    private let settings: Mutex<Settings>
    /// A copy of the level that reading costs nothing.
    private let threshold: Atomic<Int>
    private let queued = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)

    private struct Settings {
        var format: LogFormat
    }

    /// Lines that may wait to be written.
    static let longestQueue = 10_000

    /// A log that hands finished lines to `sink`, on `loop`. Nothing else may run on that loop.
    init(
        _ configuration: LogConfiguration, on loop: EventLoop,
        sink: @escaping @Sendable (String) -> Void = Log.standardError
    ) {
        self.loop = loop
        self.sink = sink
        settings = Mutex(Settings(format: Self.resolved(configuration.format)))
        threshold = Atomic(Self.rank(configuration.level))
    }

    /// Takes over a changed configuration.
    func apply(_ configuration: LogConfiguration) {
        settings.withLock { $0.format = Self.resolved(configuration.format) }
        threshold.store(Self.rank(configuration.level), ordering: .relaxed)
    }

    func debug(_ message: String, _ fields: KeyValuePairs<String, LogLine.Value?> = [:]) {
        write(.debug, message, fields)
    }

    func info(_ message: String, _ fields: KeyValuePairs<String, LogLine.Value?> = [:]) {
        write(.info, message, fields)
    }

    func warning(_ message: String, _ fields: KeyValuePairs<String, LogLine.Value?> = [:]) {
        write(.warning, message, fields)
    }

    func error(_ message: String, _ fields: KeyValuePairs<String, LogLine.Value?> = [:]) {
        write(.error, message, fields)
    }

    /// Writes a line; fields that are nil are left out.
    func write(
        _ level: LogLevel, _ message: String, _ fields: KeyValuePairs<String, LogLine.Value?>
    ) {
        guard Self.rank(level) >= threshold.load(ordering: .relaxed) else { return }
        guard queued.add(1, ordering: .relaxed).newValue <= Self.longestQueue else {
            queued.subtract(1, ordering: .relaxed)
            dropped.add(1, ordering: .relaxed)
            return
        }
        let present = fields.compactMap { name, value in value.map { (name: name, value: $0) } }
        let line = LogLine(time: Date(), level: level, message: message, fields: present)
        loop.execute { self.put(line) }
    }

    /// Returns when all that was logged before has been written.
    func flush() async {
        await loop.run {}
    }

    private func put(_ line: LogLine) {
        queued.subtract(1, ordering: .relaxed)
        let lost = dropped.exchange(0, ordering: .relaxed)
        if lost > 0 {
            emit(
                LogLine(
                    time: Date(), level: .warning, message: "log lines were dropped",
                    fields: [("count", .number(lost))]))
        }
        emit(line)
    }

    private func emit(_ line: LogLine) {
        switch settings.withLock({ $0.format }) {
        case .json: sink(line.json)
        case .text, .auto: sink(line.text)
        }
    }

    /// Whether standard error is a terminal decides what `auto` means.
    private static func resolved(_ format: LogFormat) -> LogFormat {
        guard format == .auto else { return format }
        return Terminal.isStandardErrorOne ? .text : .json
    }

    private static func rank(_ level: LogLevel) -> Int {
        LogLevel.allCases.firstIndex(of: level) ?? 0
    }

    /// Nobody is left to tell when standard error is closed.
    static let standardError: @Sendable (String) -> Void = { line in
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}
