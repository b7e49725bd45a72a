// SPDX-License-Identifier: Apache-2.0

/// A drawing of lines over two axes, as SVG that takes its colours from the page.
struct Plot {
    /// Read out instead of the drawing.
    let title: String
    let across: PlotAxis
    let up: PlotAxis
    /// What the axes show, at their ends.
    let acrossName: String
    let upName: String
    private var lines = ""

    init(_ title: String, across: PlotAxis, _ acrossName: String, up: PlotAxis, _ upName: String) {
        self.title = title
        self.across = across
        self.acrossName = acrossName
        self.up = up
        self.upName = upName
    }

    /// A line through points with values of both axes; `style` is a class of the page.
    mutating func draw(_ points: some Sequence<(across: Double, up: Double)>, style: String) {
        let path = points.map { "\(x(across.position($0.across))),\(y(up.position($0.up)))" }
        guard !path.isEmpty else { return }
        lines += Markup.element(
            "polyline", ["class": style, "points": path.joined(separator: " ")])
    }

    /// A line from top to bottom where something begins.
    mutating func divide(at value: Double) {
        let x = x(across.position(value))
        lines += Markup.element(
            "line",
            ["class": "division", "x1": x, "x2": x, "y1": y(1), "y2": y(0)])
    }

    var svg: String {
        Markup.element(
            "svg",
            [
                "viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img",
                "xmlns": "http://www.w3.org/2000/svg",
            ],
            Markup.text("title", title) + grid + lines)
    }

    private var grid: String {
        let rows = up.marks.map { mark in
            let y = y(mark.position)
            return Markup.element(
                "line", ["class": "grid", "x1": x(0), "x2": x(1), "y1": y, "y2": y])
                + label(mark.label, x: Self.number(Self.left - 10), y: y, ["dy": "0.35em"], "end")
        }
        let columns = across.marks.map { mark in
            let x = x(mark.position)
            return Markup.element(
                "line", ["class": "grid", "x1": x, "x2": x, "y1": y(1), "y2": y(0)])
                + label(
                    mark.label, x: x, y: Self.number(Self.height - Self.bottom + 20), [:], "middle")
        }
        return (rows + columns).joined() + names
    }

    private var names: String {
        label(upName, x: x(0), y: Self.number(14), [:], "start")
            + label(acrossName, x: x(1), y: Self.number(Self.height - 6), [:], "end")
    }

    private func label(
        _ text: String, x: String, y: String, _ more: KeyValuePairs<String, String>,
        _ anchor: String
    ) -> String {
        let shift = more.map { " \($0)=\"\($1)\"" }.joined()
        return "<text x=\"\(x)\" y=\"\(y)\"\(shift) text-anchor=\"\(anchor)\">"
            + "\(Markup.escaped(text))</text>"
    }

    private func x(_ position: Double) -> String {
        Self.number(Self.left + position * (Self.width - Self.left - Self.right))
    }

    private func y(_ position: Double) -> String {
        Self.number(Self.height - Self.bottom - position * (Self.height - Self.top - Self.bottom))
    }

    private static func number(_ value: Double) -> String { FigureText.fixed(value, digits: 1) }

    private static let width = 880.0
    private static let height = 340.0
    private static let left = 76.0
    private static let right = 24.0
    private static let top = 30.0
    private static let bottom = 46.0
}
