// SPDX-License-Identifier: Apache-2.0
import Networking
import Registry
import Testing

@testable import Management

/// Requests that are sent twice with the same `Idempotency-Key`, and done once.
@Suite struct IdempotencyTests {
    private static let order = #"{"names":["shop.example.test"],"start":false}"#
    private static let key = [("Idempotency-Key", "order-7")]

    private func certificates(
        _ rig: ManagementRig, by client: ManagementRig.Client = .app
    ) async throws -> [JSONValue] {
        try await rig.send("GET", "/edge/v1/certificates", by: client)["data"].arrayValue ?? []
    }

    @Test func `of requests at the same time one is done, and the others get its answer or 409`()
        async throws
    {
        let rig = try await ManagementRig()
        let answers = try await withThrowingTaskGroup(of: ManagementRig.Answer.self) { group in
            for _ in 0..<12 {
                group.addTask {
                    try await rig.send(
                        "POST", "/edge/v1/certificates", Self.order, fields: Self.key)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let done = answers.filter { $0.status == 201 }
        #expect(!done.isEmpty)
        #expect(Set(done.map(\.text)).count == 1)
        for answer in answers where answer.status != 201 {
            #expect(answer.status == 409)
            #expect(answer["type"] == "/edge/v1/problems/request_in_flight")
            #expect(answer.field("Retry-After") == "1")
        }
        #expect(try await certificates(rig).count == 1)
        let again = try await rig.send(
            "POST", "/edge/v1/certificates", Self.order, fields: Self.key)
        #expect(again.status == 201)
        #expect(again.text == done.first?.text)
        #expect(try await certificates(rig).count == 1)
    }

    @Test func `an answer is remembered when nobody was there to read it`() async throws {
        let rig = try await ManagementRig()
        let wire = try await Wire(to: rig.address, on: rig.loop)
        await wire.send(
            "POST /edge/v1/certificates HTTP/1.1\r\nHost: edge.test\r\n"
                + "Authorization: Bearer \(ManagementRig.Client.app.secret)\r\n"
                + "Idempotency-Key: order-7\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(Self.order.utf8.count)\r\n\r\n\(Self.order)")
        await wire.close()
        try await rig.until("/edge/v1/certificates") { $0["data"] != [] }
        var answer: ManagementRig.Answer
        repeat {
            answer = try await rig.send(
                "POST", "/edge/v1/certificates", Self.order, fields: Self.key)
        } while answer.status == 409
        #expect(answer.status == 201)
        let all = try await certificates(rig)
        #expect(all.count == 1)
        #expect(all.first?["id"] == answer["id"])
    }

    @Test func `a key is of its account, and of one request`() async throws {
        let rig = try await ManagementRig()
        let first = try await rig.send(
            "POST", "/edge/v1/certificates", Self.order, fields: Self.key)
        #expect(first.status == 201)
        for (path, body) in [
            ("certificates", #"{"names":["other.example.test"],"start":false}"#),
            ("domains", #"{"name":"other.example.test"}"#),
        ] {
            let other = try await rig.send("POST", "/edge/v1/\(path)", body, fields: Self.key)
            #expect(other.status == 422)
            #expect(other["type"] == "/edge/v1/problems/idempotency_key_reused")
        }
        #expect(try await certificates(rig).count == 1)
        let stranger = try await rig.send(
            "POST", "/edge/v1/certificates", #"{"names":["far.example.test"],"start":false}"#,
            by: .stranger, fields: Self.key)
        #expect(stranger.status == 201)
        #expect(try await certificates(rig, by: .stranger).count == 1)
    }

    @Test(arguments: ["", "a b", String(repeating: "k", count: 256), "k\u{e9}"])
    func `a key that is none is named`(key: String) async throws {
        let rig = try await ManagementRig()
        let answer = try await rig.send(
            "POST", "/edge/v1/certificates", Self.order, fields: [("Idempotency-Key", key)])
        #expect(answer.status == 422)
        #expect(answer["field"] == "Idempotency-Key")
        #expect(try await certificates(rig).isEmpty)
    }

    @Test func `a refusal is remembered as an answer is`() async throws {
        let rig = try await ManagementRig()
        let refused = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"_"}"#, fields: Self.key)
        let again = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"_"}"#, fields: Self.key)
        #expect(refused.status == 422)
        #expect(again.text == refused.text)
        let other = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"shop.example.test"}"#, fields: Self.key)
        #expect(other["type"] == "/edge/v1/problems/idempotency_key_reused")
    }
}
