// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// One line of the log: a sentence and what it is about.
struct LogLine: Sendable {
    /// A value beside the sentence.
    enum Value: Sendable {
        case text(String)
        case number(Int)
        case duration(Duration)
    }

    let time: Date
    let level: LogLevel
    let message: String
    /// In the order given; names are lower-case words joined by `_`.
    let fields: [(name: String, value: Value)]

    /// `14:03:21.123 info    the sentence name=value other="two words"`, the time in UTC.
    ///
    /// What came from outside cannot forge a line or steer a terminal: control characters are
    /// escaped.
    var text: String {
        var line = "\(LogTime.clock(time)) \(level.rawValue)"
        line += String(repeating: " ", count: LogLevel.widest - level.rawValue.count + 1)
        line += Escaping.visible(message)
        for (name, value) in fields {
            line += " \(name)=\(value.text)"
        }
        return line
    }

    /// `{"time":"2026-11-21T14:03:21.123Z","level":"info","message":"…","name":"value"}`;
    /// durations in milliseconds, their names ending in `_ms`.
    var json: String {
        var line = "{\"time\":\"\(LogTime.full(time))\",\"level\":\"\(level.rawValue)\""
        line += ",\"message\":\(Escaping.json(message))"
        for (name, value) in fields {
            switch value {
            case .text(let text): line += ",\(Escaping.json(name)):\(Escaping.json(text))"
            case .number(let number): line += ",\(Escaping.json(name)):\(number)"
            case .duration(let duration):
                line += ",\(Escaping.json(name + "_ms")):\(Milliseconds.text(duration))"
            }
        }
        return line + "}"
    }
}

extension LogLine.Value {
    fileprivate var text: String {
        switch self {
        case .number(let number): "\(number)"
        case .duration(let duration): "\(Milliseconds.text(duration))ms"
        case .text(let text): Escaping.isBare(text) ? text : Escaping.json(text)
        }
    }
}

extension LogLevel {
    /// Characters of the longest name.
    fileprivate static let widest = allCases.map(\.rawValue.count).max() ?? 0
}

/// A duration in milliseconds, as people compare them: three digits that mean something.
enum Milliseconds {
    /// `0.84`, `12.3`, `134`, `10004`.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        switch microseconds {
        case ..<10_000: return decimal(microseconds / 10, places: 2)
        case ..<100_000: return decimal(microseconds / 100, places: 1)
        default: return "\((microseconds + 500) / 1000)"
        }
    }

    private static func decimal(_ value: Int64, places: Int) -> String {
        let digits = String(value)
        let padding = String(repeating: "0", count: max(0, places + 1 - digits.count))
        let padded = padding + digits
        return "\(padded.dropLast(places)).\(padded.suffix(places))"
    }
}

/// The two forms of a line's time.
enum LogTime {
    /// `14:03:21.123`, UTC.
    static func clock(_ time: Date) -> String {
        String(full(time).dropFirst("2026-11-21T".count).dropLast())
    }

    /// `2026-11-21T14:03:21.123Z`.
    static func full(_ time: Date) -> String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// Makes texts from outside harmless in a line.
enum Escaping {
    /// Whether a value needs no quotes: visible ASCII without quotes, `=` and backslashes.
    static func isBare(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"")
                    && byte != UInt8(ascii: "=") && byte != UInt8(ascii: "\\")
            }
    }

    /// A JSON string (RFC 8259 §7).
    static func json(_ text: String) -> String {
        "\"\(escaped(text, alsoQuotes: true))\""
    }

    /// The text itself, control characters escaped.
    static func visible(_ text: String) -> String {
        escaped(text, alsoQuotes: false)
    }

    private static func escaped(_ text: String, alsoQuotes: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case "\"" where alsoQuotes, "\\" where alsoQuotes:
                result.append("\\")
                result.append(scalar)
            case _ where isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                let padding = String(repeating: "0", count: 4 - digits.count)
                result.append(contentsOf: "\\u\(padding)\(digits)".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// C0, DEL, C1, and the line and paragraph separators.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            || (0x2028...0x202E).contains(scalar.value)
    }
}
