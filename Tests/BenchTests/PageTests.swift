// SPDX-License-Identifier: Apache-2.0
import Foundation
import FoundationXML
import Testing

@testable import Bench

@Suite struct PageTests {
    /// What an XML parser finds in a page.
    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [String: Int] = [:]
        var addresses: [String] = []
        var text = ""

        func parser(
            _: XMLParser, didStartElement name: String, namespaceURI _: String?,
            qualifiedName _: String?, attributes: [String: String]
        ) {
            elements[name, default: 0] += 1
            addresses += ["src", "href", "xlink:href"].compactMap { attributes[$0] }
        }

        func parser(_: XMLParser, foundCharacters string: String) { text += string }
    }

    private func read(_ page: String) throws -> Reader {
        let reader = Reader()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = reader
        #expect(parser.parse(), "\(String(describing: parser.parserError)) in \(page)")
        return reader
    }

    private func report(_ targets: TargetResult...) -> LoadReport {
        LoadReport(plan: LoadPlan(), targets: targets)
    }

    @Test func `a page of two targets is well-formed and draws both`() throws {
        let page = report(
            Samples.target("a:1", serverMicroseconds: [70, 72, 68], latency: 400),
            Samples.target("[::1]:2", serverMicroseconds: [100, 100, 100])
        ).page(footnote: "nameplate 1 & <OpenSSL>")
        let reader = try read(page)
        #expect(reader.elements["svg"] == 4)
        // Two curves and three rounds of each, as many rates, and two in the legend.
        #expect(reader.elements["polyline"] == 2 + 2 * 3 + 2 * 3 + 2)
        #expect(reader.text.contains("nameplate 1 & <OpenSSL>"))
        for word in ["0.70", "0.68 … 0.72", "latency p99.9", "X25519", "[::1]:2"] {
            #expect(reader.text.contains(word), "\(word)")
        }
    }

    @Test func `a page needs nothing from elsewhere`() throws {
        let page = report(Samples.target(serverMicroseconds: [70])).page(footnote: "")
        let reader = try read(page)
        #expect(reader.addresses.isEmpty)
        #expect(reader.elements["script"] == nil && reader.elements["link"] == nil)
        #expect(!page.contains("url(") && !page.contains("@import"))
        let elsewhere = page.replacing("http://www.w3.org/2000/svg", with: "")
        #expect(!elsewhere.contains("//"))
    }

    @Test func `what a server says cannot become markup`() throws {
        let round = Samples.round(
            "<b>\"&", microseconds: [5], failures: [.brokenTLS("</td><script>\u{1}"): 1])
        let reader = try read(
            report(TargetResult(target: "<b>\"&", rounds: [round])).page(footnote: ""))
        #expect(reader.elements["script"] == nil && reader.elements["b"] == 3)
    }

    @Test func `a page of nothing is a page`() throws {
        let round = Samples.round(microseconds: [], failures: [.closedPort: 9])
        let reader = try read(
            report(TargetResult(target: "a:1", rounds: [round])).page(footnote: "x"))
        #expect(reader.text.contains("nothing listens at a:1"))
        #expect(reader.elements["figure"] == nil)
        _ = try read(report(TargetResult(target: "a:1", rounds: [])).page(footnote: "x"))
        _ = try read(report().page(footnote: "x"))
    }

    @Test func `the bottleneck is told on the page`() throws {
        let reader = try read(
            report(Samples.target("a:1", serverMicroseconds: [70], busiest: 1)).page(footnote: ""))
        #expect(reader.text.contains("The client was the bottleneck against a:1"))
    }

    @Test(
        arguments: [
            (120.0, 4700.0, ["100 µs", "200 µs", "500 µs", "1 ms", "2 ms", "5 ms"]),
            (1000, 1000, ["1 ms", "2 ms"]),
            (0.4, 3, ["0.2 µs", "0.5 µs", "1 µs", "2 µs", "5 µs"]),
            (3, 8_000_000, ["10 µs", "100 µs", "1 ms", "10 ms", "100 ms", "1 s", "10 s"]),
        ] as [(Double, Double, [String])])
    func `an axis of times is marked at round numbers`(
        low: Double, high: Double, labels: [String]
    ) {
        let axis = PlotAxis.times(from: low, to: high)
        #expect(axis.marks.map(\.label) == labels)
        #expect(axis.marks.allSatisfy { (-1e-9...1 + 1e-9).contains($0.position) })
        #expect(axis.position(low) >= 0 && axis.position(high) <= 1)
    }

    @Test func `an axis of percentiles goes as far as the count can tell`() {
        let labels = PlotAxis.percentiles(of: 1500).marks.map(\.label)
        #expect(labels == ["0 %", "50", "75", "90", "99", "99.9"])
        #expect(abs(PlotAxis.percentiles(of: 10_000).position(100) - 0.5) < 1e-9)
    }

    @Test(
        arguments: [
            (5512.0, ["0", "2,000", "4,000", "6,000"]), (10, ["0", "2", "4", "6", "8", "10"]),
            (0.7, ["0", "0.2", "0.4", "0.6", "0.8"]),
        ] as [(Double, [String])])
    func `an axis from nothing has a few marks`(high: Double, labels: [String]) {
        #expect(PlotAxis.upTo(high, label: FigureText.plain).marks.map(\.label) == labels)
    }
}
