// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them.
enum FigureText {
    /// Three digits that count, or all before the point: `0.705`, `18.3`, `5,512`.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let digits = value == 0 ? 0 : max(0, 2 - Int(log10Floor(abs(value))))
        return digits == 0 ? grouped(Int(value.rounded())) : fixed(value, digits: min(digits, 6))
    }

    /// With commas between thousands.
    static func grouped(_ value: Int) -> String {
        var text = String(value.magnitude)
        var index = text.endIndex
        while text.formIndex(&index, offsetBy: -3, limitedBy: text.startIndex),
            index > text.startIndex
        {
            text.insert(",", at: index)
        }
        return value < 0 ? "-\(text)" : text
    }

    /// So many digits behind the point.
    static func fixed(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let scaled = Int((abs(value) * scale).rounded())
        let (whole, part) = scaled.quotientAndRemainder(dividingBy: Int(scale))
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(grouped(whole))" }
        let behind = String(part)
        return sign + grouped(whole) + "."
            + String(repeating: "0", count: digits - behind.count) + behind
    }

    /// `812 µs`, `12.3 ms`, `2.50 s`.
    static func time(microseconds: Double) -> String {
        switch abs(microseconds) {
        case ..<999.5: "\(number(microseconds)) µs"
        case ..<999_500: "\(number(microseconds / 1000)) ms"
        default: "\(number(microseconds / 1e6)) s"
        }
    }

    /// A ratio, always with two digits: `0.70`.
    static func ratio(_ value: Double) -> String { fixed(value, digits: 2) }

    /// `37 %`; what is not quite nothing or everything is not told as that.
    static func percent(_ share: Double) -> String {
        let percent = share * 100
        if percent > 0, percent < 1 { return "\(fixed(percent, digits: 2)) %" }
        if percent < 100, percent > 99 { return "\(fixed(min(percent, 99.99), digits: 2)) %" }
        return "\(Int(percent.rounded())) %"
    }

    private static func log10Floor(_ value: Double) -> Double {
        var exponent = 0.0
        var rest = value
        while rest >= 9.995 { (rest, exponent) = (rest / 10, exponent + 1) }
        while rest < 0.9995 { (rest, exponent) = (rest * 10, exponent - 1) }
        return exponent
    }
}
