// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// An application on several servers, and domains with one of their own.
    @Suite(.serialized) struct SeveralOrigins {
        @Test(arguments: ["round_robin", "least_connections"])
        func `an origin that dies under load and comes back is not noticed`(
            balance: String
        ) async throws {
            try await Lab.play("origin dies \(balance)") { lab in
                var second = try await Origin(lab)
                let front = try await Front(lab) { configuration in
                    let first = configuration["application_url"]
                    configuration["application_url"] = .array([first, .string(second.url)])
                    configuration["origin"] = [
                        "balance": .string(balance), "slow_start": "0s",
                        "aside": ["first": "100ms", "longest": "200ms"],
                    ]
                }
                let load = try await front.client.start(
                    "load", ["names": [.string(Front.name)], "workers": 8])
                for _ in 0..<4 {
                    try await eventually("both origins are under load") {
                        try await Self.fewest([front.origin, second], of: "/fixed") > 100
                    }
                    await second.crash()
                    try await front.origin.reset()
                    try await eventually("the other one carries on") {
                        try await front.origin.seen()["requests"].int! > 200
                    }
                    second = try await Origin(lab, port: second.port)
                    try await front.origin.reset()
                }
                try await eventually("the origin is back") {
                    try await second.seen()["requests"].int! > 100
                }
                let report = try await load.report()
                print("origin died four times under \(report["requests"].text) requests")
                #expect(report["failures"] == [], "\(lab.evidence)")
                #expect(report["statuses"].object.keys.sorted() == ["200"], "\(report.text)")
                #expect(report["connections"] == 8)
                #expect(front.edge.log.contains("an origin is put aside"))
                #expect(front.edge.log.contains("an origin is back"))
            }
        }

        /// How many requests for a path, up to 1000, have reached the origin with the fewest.
        private static func fewest(_ origins: [Origin], of path: String) async throws -> Int {
            var fewest = Int.max
            for origin in origins {
                let targets = try await origin.seen()["targets"].array
                fewest = min(fewest, targets.filter { $0 == .string(path) }.count)
            }
            return fewest
        }

        @Test func `health checks say when an origin may be asked`() async throws {
            try await Lab.play { lab in
                let port = Ports.free()
                let front = try await Front(lab) { configuration in
                    let first = configuration["application_url"]
                    configuration["application_url"] = .array([
                        first, .string("http://127.0.0.1:\(port)"),
                    ])
                    configuration["origin"] = [
                        "slow_start": "0s",
                        "health": ["path": "/fixed", "interval": "50ms", "healthy_after": 1],
                    ]
                }
                try await eventually("the log names the origin that is down") {
                    front.edge.log.contains("an origin is unhealthy")
                }
                let second = try await Origin(lab, port: port)
                let load = try await front.client.start(
                    "load",
                    ["names": [.string(Front.name)], "workers": 2, "path": "/visitor"])
                try await eventually("visitors reach it") {
                    try await Self.fewest([front.origin, second], of: "/visitor") > 20
                }
                let report = try await load.report()
                #expect(report["failures"] == [], "\(lab.evidence)")
                #expect(report["statuses"].object.keys.sorted() == ["200"], "\(report.text)")
                #expect(front.edge.log.contains("an origin is healthy"))
            }
        }

        @Test func `a domain has an application of its own, and a reload gives it another`()
            async throws
        {
            try await Lab.play { lab in
                let own = try await Origin(lab)
                let front = try await Front(lab) {
                    $0["domains"] = [Front.otherName: ["application_url": .string(own.url)]]
                }
                for name in [Front.name, Front.otherName] {
                    #expect(try await front.client.visit(name, path: "/\(name)").status == 200)
                }
                #expect(try await own.seen()["targets"] == [.string("/\(Front.otherName)")])
                #expect(
                    try await front.origin.seen()["targets"] == [.string("/\(Front.name)")])

                let text = try String(contentsOfFile: front.edge.configurationFile, encoding: .utf8)
                var configuration = try JSON(parsing: text)
                configuration["domains"] = [
                    "*.customer.test": ["application_url": .string(own.url)]
                ]
                try front.edge.write(configuration)
                front.edge.reload()
                try await eventually("the wildcard counts") {
                    _ = try await front.client.visit(Front.name, path: "/wildcard")
                    return try await own.seen()["targets"].array.contains("/wildcard")
                }
            }
        }
    }
}
