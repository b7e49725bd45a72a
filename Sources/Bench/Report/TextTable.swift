// SPDX-License-Identifier: Apache-2.0

/// Rows of cells in columns: the first to the left, the others to the right.
struct TextTable {
    var rows: [[String]] = []

    /// One line a row, two blanks before each column but the first.
    var lines: [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.count)
                line += column == 0 ? cell + space : "  " + space + cell
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }
}
