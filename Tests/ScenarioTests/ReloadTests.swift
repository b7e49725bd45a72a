// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// What an operator does to a running edge.
    @Suite(.serialized) struct Reload {
        @Test func `a valid configuration takes effect and no connection is dropped`() async throws
        {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let loop = try await front.client.start(
                    "load", ["names": [.string(Front.name)], "workers": 4, "pause": 0.001])
                try await eventually("the first origin is under load") {
                    try await front.origin.seen()["requests"].int! > 50
                }
                let second = try await Origin(lab)
                let text = try String(contentsOfFile: front.edge.configurationFile, encoding: .utf8)
                var configuration = try JSON(parsing: text)
                configuration["application_url"] = .string(second.url)
                try front.edge.write(configuration)
                front.edge.reload()
                try await eventually("the second origin is under load") {
                    try await second.seen()["requests"].int! > 50
                }
                let report = try await loop.report()
                #expect(report["failures"] == [], "\(lab.evidence)")
                #expect(report["connections"] == 4)
            }
        }

        @Test func `an invalid configuration changes nothing and is named in the log`()
            async throws
        {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let loop = try await front.client.start(
                    "load", ["names": [.string(Front.name)], "workers": 2, "pause": 0.001])
                try await eventually("there is load") {
                    try await front.origin.seen()["requests"].int! > 20
                }
                let file = URL(fileURLWithPath: front.edge.configurationFile)
                try Data("{ application_url: \"ftp://nowhere\", surprise: 1 }".utf8).write(to: file)
                front.edge.reload()
                try await eventually("the log says what is wrong") {
                    front.edge.log.contains("application_url")
                        && front.edge.log.contains("surprise")
                }
                #expect(try await front.client.visit(Front.name).status == 200)
                let report = try await loop.report()
                #expect(report["failures"] == [], "\(lab.evidence)")
                #expect(report["connections"] == 2)
            }
        }

        @Test func `a certificate that was replaced on disk is served after a reload`()
            async throws
        {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let old = try await front.client.visit(Front.name)
                let new = try await OpenSSL(lab).issued(
                    "new", names: Front.names, by: front.authority)
                for (from, to) in [
                    (new.certificate, "first-cert.pem"), (new.key, "first-key.pem"),
                ] {
                    _ = try await lab.run("cp", [from, lab.path(to)])
                }
                front.edge.reload()
                try await eventually("the new certificate is served") {
                    let visit = try await front.client.visit(Front.name)
                    return visit.status == 200 && visit.serial != old.serial
                }
            }
        }

        @Test func `SIGTERM lets requests in flight finish and then ends with 0`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let visitors = try await front.client.start(
                    "visit",
                    ["names": JSON(Front.names), "path": "/slow?ms=1500"])
                try await eventually("the requests have reached the origin") {
                    try await front.origin.seen()["requests"] == 2
                }
                #expect(try await front.edge.terminate() == 0, "\(lab.evidence)")
                let report = try await visitors.report()
                #expect(
                    report["visits"].array.map(\.["status"]) == [200, 200], "\(report.text)")
                #expect(!Ports.isListening(front.edge.httpsPort))
            }
        }

        @Test func `a request that does not end is cut when the drain is over`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab) { $0["drain"] = "500ms" }
                let visitors = try await front.client.start(
                    "visit", ["names": [.string(Front.name)], "path": "/never"])
                try await eventually("the request has reached the origin") {
                    try await front.origin.seen()["requests"] == 1
                }
                #expect(try await front.edge.terminate() == 0, "\(lab.evidence)")
                let report = try await visitors.report()
                #expect(report["visits"].array[0]["status"] != 200)
            }
        }
    }
}
