// SPDX-License-Identifier: Apache-2.0

/// What handshakes cost a server at least, to be told as text or JSON.
package struct FloorReport: Sendable {
    let threads: Int
    /// The libssl that was measured.
    let library: String
    let results: [FloorResult]

    /// A table with a line of words above it.
    package var text: String {
        var table = TextTable()
        table.rows.append(
            ["", "CPU", "in the rounds", "1/s a core", "ratio"]
                + (threads > 1 ? ["\(threads) threads", "in the rounds"] : []))
        for result in results { table.rows.append(row(result)) }
        let head = "Server side in this process, without sockets: \(library)"
        return ([head, ""] + table.lines).joined(separator: "\n")
    }

    private func row(_ result: FloorResult) -> [String] {
        guard let spread = Spread(result.microseconds) else { return [result.kind.name] }
        var row = [
            result.kind.name, FigureText.time(microseconds: spread.median),
            range(spread, FigureText.number), FigureText.number(1e6 / spread.median),
            ratio(result).map { FigureText.ratio($0.value) } ?? "–",
        ]
        if let scaling = Spread(result.scaling) {
            row += ["× \(FigureText.ratio(scaling.median))", range(scaling, FigureText.ratio)]
        }
        return row
    }

    private func range(_ spread: Spread, _ text: (Double) -> String) -> String {
        "\(text(spread.low)) … \(text(spread.high))"
    }

    private func ratio(_ result: FloorResult) -> Ratio? {
        results.first.flatMap { Ratio(result.microseconds, over: $0.microseconds) }
    }

    /// `{"library", "threads", "rows": [{"name", "cpu_us", "low_us", "high_us", "per_second", "ratio",
    /// "scaling"}]}`; `ratio` is to the first row, `scaling` to one thread and null with one.
    package var json: String {
        JSONValue.object([
            ("library", .text(library)), ("threads", .integer(threads)),
            ("rows", .list(zip(results, names).map(json))),
        ]).text()
    }

    /// With what they stand under in the table.
    private var names: [String] {
        var head = ""
        return results.map { result in
            guard result.kind.name.hasPrefix(" ") else {
                head = result.kind.name
                return head
            }
            return "\(head), \(result.kind.name.drop { $0 == " " })"
        }
    }

    private func json(_ result: FloorResult, name: String) -> JSONValue {
        let spread = Spread(result.microseconds)
        return .object([
            ("name", .text(name)), ("cpu_us", .number(spread?.median)),
            ("low_us", .number(spread?.low)), ("high_us", .number(spread?.high)),
            ("per_second", .number(spread.map { 1e6 / $0.median })),
            ("ratio", .number(ratio(result)?.value)),
            ("scaling", .number(Spread(result.scaling)?.median)),
        ])
    }
}
