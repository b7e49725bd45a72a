// SPDX-License-Identifier: Apache-2.0

/// A report for a terminal, a hundred columns wide at most; without `isStyled` no escape sequences.
extension LoadReport {
    package func text(isStyled: Bool = false) -> String {
        let lines = table.lines
        var parts = ["\(summary)\n"]
        if let head = lines.first { parts.append(isStyled ? "\u{1B}[1m\(head)\u{1B}[0m" : head) }
        parts += lines.dropFirst()
        parts += targets.flatMap(details)
        parts += warnings.map { "\n\(wrapped($0))" }
        return parts.joined(separator: "\n")
    }

    /// The figures of all targets, side by side.
    var table: TextTable {
        var table = TextTable()
        table.rows.append([""] + targets.map(\.target) + headOfSpread)
        for row in figureRows {
            let spreads = targets.map { $0.spread(row.figure) }
            table.rows.append(
                [row.name] + spreads.map { $0.map { row.text($0.median) } ?? "–" }
                    + spread(row, spreads))
        }
        table.rows += [
            ["handshake, bytes in"] + targets.map { bytes($0.total, $0.total.handshakeBytesRead) },
            ["handshake, bytes out"]
                + targets.map { bytes($0.total, $0.total.handshakeBytesWritten) },
            ["resumed"] + targets.map { FigureText.percent($0.resumedShare) },
            ["failed"] + targets.map { FigureText.grouped($0.total.failed) },
            ["client CPU, busiest"] + targets.map { FigureText.percent($0.clientBusiest) },
        ]
        return table
    }

    private var headOfSpread: [String] {
        if comparison != nil { return ["ratio", "in the rounds"] }
        return roundCount > 1 ? ["in the rounds"] : []
    }

    /// Of the ratio when there are two targets, of the figure when there is one with several rounds.
    private func spread(_ row: FigureRow, _ spreads: [Spread?]) -> [String] {
        if let comparison {
            guard let ratio = comparison.ratio(row.figure) else { return ["–", ""] }
            let (low, high) = (FigureText.ratio(ratio.low), FigureText.ratio(ratio.high))
            return [FigureText.ratio(ratio.value), "\(low) … \(high)"]
        }
        guard roundCount > 1, let spread = spreads.first ?? nil else { return [] }
        return ["\(row.text(spread.low)) … \(row.text(spread.high))"]
    }

    private func bytes(_ tally: LoadTally, _ sum: Int) -> String {
        tally.perHandshake(sum).map { FigureText.grouped(Int($0.rounded())) } ?? "–"
    }

    /// What was agreed on and what went wrong, each kind with its count.
    private func details(_ target: TargetResult) -> [String] {
        var table = TextTable()
        for (parameters, count) in target.total.negotiatedByFrequency.prefix(Self.kindsMax) {
            table.rows.append([parameters.text, FigureText.grouped(count)])
        }
        let failures = target.total.failuresByFrequency
        for (failure, count) in failures.prefix(Self.kindsMax) {
            table.rows.append(["failed: \(failure.label)", FigureText.grouped(count)])
        }
        if failures.count > Self.kindsMax {
            table.rows.append(["failed in \(failures.count - Self.kindsMax) other ways"])
        }
        return table.rows.isEmpty ? [] : ["\n\(target.target)"] + table.lines.map { "  \($0)" }
    }

    private func wrapped(_ text: String) -> String {
        var lines = [""]
        for word in text.split(separator: " ") {
            if lines[lines.count - 1].count + word.count >= Self.columnsMax { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
        }
        return lines.joined(separator: "\n")
    }

    private static let columnsMax = 100
    private static let kindsMax = 8
}

extension LoadTally {
    /// The most frequent first.
    var failuresByFrequency: [(LoadFailure, Int)] {
        failures.map { ($0, $1) }.sorted { ($1.1, $0.0.label) < ($0.1, $1.0.label) }
    }
}

extension NegotiatedParameters {
    /// `TLSv1.3, TLS_AES_128_GCM_SHA256, X25519, ECDSA P-256, http/1.1`
    var text: String {
        [version, cipher, group, certificate, alpn].compactMap(\.self).joined(separator: ", ")
    }
}
