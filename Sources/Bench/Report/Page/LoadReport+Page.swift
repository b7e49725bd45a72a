// SPDX-License-Identifier: Apache-2.0

/// A report as one HTML page that needs nothing from elsewhere, neither scripts nor fonts.
extension LoadReport {
    /// `footnote` says where and with what it was made.
    package func page(footnote: String) -> String {
        let head =
            "<meta charset=\"utf-8\"/>"
            + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
            + Markup.text(
                "title", "\(targets.map(\.target).joined(separator: " and ")): \(heading)")
            + "<style>\n\(PageStyle.sheet)\n</style>"
        let body = [
            Markup.text("h1", heading), Markup.text("p", particulars, style: "quiet"), legend,
            tiles, alarms, drawings, figureTable, negotiatedTable, failureTable,
            Markup.text("footer", footnote),
        ]
        return "<!DOCTYPE html>\n"
            + Markup.element(
                "html", ["lang": "en"],
                "<head>\(head)</head>\n<body>\n\(body.filter { !$0.isEmpty }.joined(separator: "\n"))\n</body>"
            )
            + "\n"
    }

    private var heading: String { String(summary.prefix { $0 != ":" }) }

    private var particulars: String { String(summary.dropFirst(heading.count + 2)) }

    private var legend: String {
        let items = zip(targets, Self.styles).map { target, style in
            let line = Markup.element(
                "svg", ["viewBox": "0 0 28 8", "aria-hidden": "true"],
                Markup.element("polyline", ["class": style, "points": "1,4 27,4"]))
            return Markup.element("li", [:], line + Markup.escaped(target.target))
        }
        return Markup.element("ul", ["class": "legend"], items.joined())
    }

    // MARK: The most important figures

    private var tiles: String {
        let figures: [Figure] = [.serverCPU, .rate, .median, .latency(quantile: 0.99)]
        let tiles = figures.compactMap { figure in
            comparison.map { tile(figure, $0) } ?? targets.first.flatMap { tile(figure, $0) }
        }
        guard !tiles.isEmpty else { return "" }
        let meaning = comparison.map { comparison in
            Markup.text(
                "p",
                "\(comparison.first.target) divided by \(comparison.second.target): "
                    + "below one it takes, or makes, less.", style: "quiet small")
        }
        return Markup.element("div", ["class": "tiles"], tiles.joined()) + (meaning ?? "")
    }

    private func tile(_ figure: Figure, _ target: TargetResult) -> String? {
        guard let row = FigureRow.all.first(where: { $0.figure == figure }),
            let spread = target.spread(figure)
        else { return nil }
        let range = spread.count > 1 ? "\(row.text(spread.low)) … \(row.text(spread.high))" : ""
        return tile(row.name, row.text(spread.median), range)
    }

    private func tile(_ figure: Figure, _ comparison: Comparison) -> String? {
        guard let row = FigureRow.all.first(where: { $0.figure == figure }),
            let ratio = comparison.ratio(figure)
        else { return nil }
        return tile(
            row.name, "× \(FigureText.ratio(ratio.value))",
            "\(FigureText.ratio(ratio.low)) … \(FigureText.ratio(ratio.high)) in the rounds")
    }

    private func tile(_ name: String, _ value: String, _ remark: String) -> String {
        Markup.element(
            "div", ["class": "tile"],
            Markup.text("span", name) + Markup.text("b", value)
                + (remark.isEmpty ? "" : Markup.text("span", remark)))
    }

    private var alarms: String {
        warnings.map { Markup.text("p", $0, style: "alarm") }.joined(separator: "\n")
    }

    private var drawings: String {
        [("Latency", latencyPlot), ("Rate", ratePlot)].compactMap { title, plot in
            plot.map { Markup.text("h2", title) + Markup.element("figure", [:], $0.svg) }
        }.joined(separator: "\n")
    }

    // MARK: Tables

    private var figureTable: String {
        let width = table.rows.map(\.count).max() ?? 0
        let rows = table.rows.map { $0 + Array(repeating: "", count: width - $0.count) }
        let head = rows.prefix(1).flatMap(\.self).map { Markup.text("th", $0) }
        let body = rows.dropFirst().map { row in
            Markup.element("tr", [:], row.map { Markup.text("td", $0) }.joined())
        }
        return section(
            "Figures, \(roundCount > 1 ? "each the median of \(roundCount) rounds" : "of one round")",
            head.joined(), body)
    }

    private var negotiatedTable: String {
        counts("What was agreed on") { target in
            target.total.negotiatedByFrequency.map { ($0.text, $1) }
        }
    }

    private var failureTable: String {
        counts("What failed") { target in
            target.total.failuresByFrequency.map { ($0.explanation(target.target), $1) }
        }
    }

    private func counts(_ title: String, _ list: (TargetResult) -> [(String, Int)]) -> String {
        let rows = targets.flatMap { target in
            list(target).prefix(Self.rowsMax).map { text, count in
                [text, target.target, FigureText.grouped(count)]
            }
        }
        guard !rows.isEmpty else { return "" }
        let head = ["", "with", "count"].map { Markup.text("th", $0) }.joined()
        return section(
            title, head,
            rows.map { row in
                Markup.element("tr", [:], row.map { Markup.text("td", $0) }.joined())
            })
    }

    private func section(_ title: String, _ head: String, _ rows: [String]) -> String {
        let table = Markup.element(
            "table", [:],
            Markup.element("thead", [:], Markup.element("tr", [:], head))
                + Markup.element("tbody", [:], rows.joined(separator: "\n")))
        return Markup.text("h2", title) + Markup.element("div", ["class": "wide"], table)
    }

    private static let rowsMax = 20
}
