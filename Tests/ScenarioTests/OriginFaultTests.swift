// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// An application that is down, slow, broken or restarted.
    @Suite(.serialized) struct OriginFaults {
        @Test func `an origin that is down is a 502 with a request id`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                await front.origin.crash()
                let visit = try await front.client.visit(Front.name)
                #expect(visit.status == 502, "\(visit)")
                #expect(visit.fields["x-request-id"]?.string?.isEmpty == false)
                #expect(front.edge.log.contains("\(front.origin.port)"), "\(lab.evidence)")
                _ = try await Origin(lab, port: front.origin.port)
                #expect(try await front.client.visit(Front.name).status == 200)
            }
        }

        @Test func `an origin that does not answer in time is a 504`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab) { $0["origin"] = ["response_timeout": "500ms"] }
                let visit = try await front.client.visit(Front.name, path: "/never")
                #expect(visit.status == 504, "\(visit) \(lab.evidence)")
                #expect(visit.fields["x-request-id"]?.string?.isEmpty == false)
            }
        }

        @Test func `an origin that talks nonsense is a 502`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let visit = try await front.client.visit(Front.name, path: "/garbage")
                #expect(visit.status == 502, "\(visit) \(lab.evidence)")
            }
        }

        @Test func `a body that breaks off is not passed on as a whole one`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let answer = try await front.curl("/vanish")
                #expect(answer.status != 0, "\(answer)")
                #expect(try await front.client.visit(Front.name).status == 200)
            }
        }

        @Test func `an origin that closes after each few requests is not noticed`() async throws {
            try await Lab.play { lab in
                let closing = try await Origin(lab, closeAfter: 7)
                let front = try await Front(lab) { $0["application_url"] = .string(closing.url) }
                let loop = try await front.client.start(
                    "load", ["names": [.string(Front.name)], "workers": 4])
                try await eventually("300 requests") {
                    try await closing.seen()["requests"].int! > 300
                }
                let report = try await loop.report()
                #expect(report["failures"] == [], "\(lab.evidence)")
                #expect(report["statuses"].object.keys.sorted() == ["200"], "\(report.text)")
                #expect(report["connections"] == 4)
            }
        }

        @Test func `an origin that restarts under load is not noticed`() async throws {
            try await Lab.play { lab in
                let front = try await Front(lab)
                let loop = try await front.client.start(
                    "load", ["names": [.string(Front.name)], "workers": 4])
                var origin = front.origin
                for _ in 0..<6 {
                    try await eventually("the origin is under load") {
                        try await origin.seen()["requests"].int! > 100
                    }
                    // The successor listens before the old one goes, as a deployment does it.
                    let successor = try await Origin(lab, port: origin.port)
                    await origin.stop()
                    origin = successor
                }
                let report = try await loop.report()
                print("origin restarted six times under \(report["requests"].text) requests")
                #expect(report["failures"] == [], "\(lab.evidence)")
                #expect(report["statuses"].object.keys.sorted() == ["200"], "\(report.text)")
                #expect(report["connections"] == 4)
            }
        }
    }
}
