// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import TLS
import Testing

@testable import Bench

@Suite struct FloorTests {
    private func plan(threads: Int = 1) -> FloorPlan {
        var plan = FloorPlan()
        plan.extent = .count(1)
        plan.rounds = 2
        plan.threads = threads
        return plan
    }

    @Test(arguments: FloorCase.all.indices)
    func `every kind of handshake comes about, and again`(index: Int) throws {
        let batch = try FloorBatch(
            FloorCase.all[index], try FloorCredentials(), try #require(LibraryContext.shared))
        for _ in 0..<2 {
            let sample = try batch.measure(count: FloorBatch.size + 1)
            #expect(sample.count == 2 * FloorBatch.size)
            #expect(sample.cpu > .zero && sample.wall > .zero)
        }
        #expect(try batch.measure(until: .now).count == FloorBatch.size)
    }

    @Test func `a handshake that does not come about is an error, and no figure`() throws {
        let error = #expect(throws: (any Error).self) {
            try FloorBatch(
                FloorCase("x") {
                    ($0.version, $0.cipher) = (.tls12, "ECDHE-RSA-AES128-GCM-SHA256")
                }, try FloorCredentials(), try #require(LibraryContext.shared))
        }
        #expect("\(error!)".hasPrefix("the floor has no figure for \"x\": "))
    }

    @Test func `it is told as a table and as JSON`() async throws {
        let cases = Array(FloorCase.all.prefix(2))
        let report = try await Floor(plan(threads: 2), cases: cases).measure()
        let lines = report.text.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(
            lines[1].contains("2 threads") && lines[2].contains("1.00") && lines[2].contains("×"))
        let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8))
        let document = try #require(object as? [String: Any])
        let rows = try #require(document["rows"] as? [[String: Any]])
        #expect(
            rows.map { $0["name"] as? String } == [
                "full, TLS 1.3, ECDSA P-256", "full, TLS 1.3, ECDSA P-256, AES-256-GCM, SHA-384",
            ])
        #expect(rows[0]["ratio"] as? Double == 1)
        #expect((rows[1]["cpu_us"] as? Double ?? 0) > 0 && rows[1]["scaling"] is Double)
        #expect(document["threads"] as? Int == 2)
    }
}
