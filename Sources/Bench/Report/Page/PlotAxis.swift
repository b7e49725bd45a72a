// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Where values are along an axis, 0 … 1, and which of them are marked.
struct PlotAxis {
    let marks: [(position: Double, label: String)]
    private let low: Double
    private let high: Double
    private let scale: Scale

    private enum Scale { case linear, logarithmic }

    private init(
        _ scale: Scale, _ low: Double, _ high: Double, _ marks: [(value: Double, label: String)]
    ) {
        (self.scale, self.low, self.high) = (scale, low, high)
        self.marks = marks.map { (Self.position($0.value, scale, low, high), $0.label) }
    }

    /// What lies outside is taken for the nearest end.
    func position(_ value: Double) -> Double {
        Self.position(value, scale, low, high)
    }

    private static func position(
        _ value: Double, _ scale: Scale, _ low: Double, _ high: Double
    ) -> Double {
        let value = min(max(value, low), high)
        return switch scale {
        case .linear: (value - low) / (high - low)
        case .logarithmic: log10(value / low) / log10(high / low)
        }
    }

    /// Times in microseconds from `low` to `high`, widened to round numbers.
    static func times(from low: Double, to high: Double) -> PlotAxis {
        let low = max(low, 0.001)
        let steps = (-3...9).flatMap { exponent in
            [1.0, 2, 5].map { $0 * pow(10, Double(exponent)) }
        }
        let begin = steps.last { $0 <= low } ?? low
        let end = steps.first { $0 >= high && $0 > begin } ?? high
        var marked = steps.filter { (begin...end).contains($0) }
        if marked.count > marksMax {
            marked = marked.filter { value in
                abs(log10(value) - log10(value).rounded()) < 1e-9
            }
        }
        return PlotAxis(.logarithmic, begin, end, marked.map { ($0, time($0)) })
    }

    /// Shares of all, 0 …, as far as `count` of them can tell, by how few are left beyond.
    static func percentiles(of count: Int) -> PlotAxis {
        let end = max(Double(count), 10)
        let all: [(value: Double, label: String)] = [
            (1, "0 %"), (2, "50"), (4, "75"), (10, "90"), (100, "99"), (1000, "99.9"),
            (10_000, "99.99"),
            (100_000, "99.999"), (1_000_000, "99.9999"),
        ]
        return PlotAxis(.logarithmic, 1, end, all.filter { $0.value <= end })
    }

    /// From nothing to `high` or a little more.
    static func upTo(_ high: Double, label: (Double) -> String) -> PlotAxis {
        let high = max(high, 1e-9)
        let exponent = pow(10, log10(high / 4).rounded(.down))
        let step = [1, 2, 2.5, 5, 10].map { $0 * exponent }.first { high / $0 <= 5 } ?? high
        let end = (high / step).rounded(.up) * step
        let count = Int((end / step).rounded())
        let marked = (0...count).map { Double($0) * step }
        return PlotAxis(.linear, 0, end, marked.map { ($0, label($0)) })
    }

    /// From nothing to exactly `high`.
    static func seconds(_ high: Double) -> PlotAxis {
        let whole = upTo(high) { "\(FigureText.plain($0)) s" }
        let marks = whole.marks.map { (value: $0.position * whole.high, label: $0.label) }
        return PlotAxis(.linear, 0, max(high, 1e-9), marks.filter { $0.value <= high * 1.0001 })
    }

    private static func time(_ microseconds: Double) -> String {
        switch microseconds {
        case ..<999.5: "\(FigureText.plain(microseconds)) µs"
        case ..<999_500: "\(FigureText.plain(microseconds / 1000)) ms"
        default: "\(FigureText.plain(microseconds / 1e6)) s"
        }
    }

    private static let marksMax = 9
}

extension FigureText {
    /// Without zeros at the end: `2.5`, `10`, `1,000`.
    static func plain(_ value: Double) -> String {
        var text = fixed(value, digits: 3)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
