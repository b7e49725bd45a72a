// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Registry
import Testing

@testable import Management

/// Requests that are wrong in every way there is: each answered with its problem and its field, and with
/// nothing changed.
@Suite struct BadInputTests {
    private struct Row: Sendable, CustomTestStringConvertible {
        let call: String
        let body: String
        let status: Int
        let kind: String
        let field: String?

        init(_ call: String, _ body: String, _ status: Int, _ kind: String, _ field: String? = nil)
        {
            self.call = call
            self.body = body
            self.status = status
            self.kind = kind
            self.field = field
        }

        var testDescription: String { "\(call) \(body.prefix(60)) \(status)" }
    }

    private static let label = String(repeating: "a", count: 64)
    private static let deep =
        String(repeating: "{\"a\":", count: 10_000) + "1" + String(repeating: "}", count: 10_000)
    private static let long = String(repeating: "x", count: 1025)
    private static let manyNames =
        "[" + (0...101).map { "\"h\($0).example.test\"" }.joined(separator: ",") + "]"

    private static let rows: [Row] = [
        // What is no JSON object.
        Row("POST domains", "{", 400, "malformed_body"),
        Row("POST domains", "[]", 400, "malformed_body"),
        Row("POST domains", "nonsense", 400, "malformed_body"),
        Row("POST domains", "{\"name\":\"a.test\",\"name\":\"b.test\"}", 400, "malformed_body"),
        Row("POST domains", deep, 400, "malformed_body"),
        Row("POST domains", String(repeating: "[", count: 10_000), 400, "malformed_body"),
        // Members that are missing, unknown, of another type, or too long.
        Row("POST domains", "{}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":null}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":1}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"a.test\",\"nam\":1}", 422, "unknown_field", "nam"),
        Row(
            "POST domains", "{\"name\":\"a.test\",\"client_reference\":\"\(long)\"}", 422,
            "invalid_field", "client_reference"),
        Row(
            "POST domains", "{\"name\":\"a.test\",\"client_reference\":\"a\\u0000b\"}", 422,
            "invalid_field", "client_reference"),
        Row(
            "POST domains", "{\"name\":\"a.test\",\"application_urls\":\"http://a.test\"}", 422,
            "invalid_field", "application_urls"),
        Row(
            "POST domains", "{\"name\":\"a.test\",\"application_urls\":[1]}", 422,
            "invalid_field", "application_urls[0]"),
        Row(
            "POST domains", "{\"name\":\"a.test\",\"application_urls\":[\"ftp://a.test\"]}", 422,
            "invalid_field", "application_urls"),
        // Names that are none.
        Row("POST domains", "{\"name\":\"\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"under_score.test\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"192.0.2.1\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"2001:db8::1\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"\(label).test\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"bücher.test\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"XN--BCHER-KVA.test\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"a.test.\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"localhost\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"a..test\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"*.*.test\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"a.*.test\"}", 422, "invalid_field", "name"),
        Row("POST domains", "{\"name\":\"a.test/../b\"}", 422, "invalid_field", "name"),
        // Certificates.
        Row("POST certificates", "{}", 422, "invalid_field", "names"),
        Row("POST certificates", "{\"names\":[]}", 422, "invalid_field", "names"),
        Row(
            "POST certificates", "{\"names\":[\"a.test\",\"a.test\"]}", 422, "invalid_field",
            "names[1]"),
        Row(
            "POST certificates", "{\"names\":[\"a.test\",\"_b.test\"]}", 422, "invalid_field",
            "names[1]"),
        Row("POST certificates", "{\"names\":\(manyNames)}", 422, "invalid_field", "names"),
        Row(
            "POST certificates", "{\"request\":\"nonsense\"}", 422, "invalid_field", "request"),
        Row(
            "POST certificates", "{\"names\":[\"a.test\"],\"key_algorithm\":\"dsa\"}", 422,
            "invalid_field", "key_algorithm"),
        Row(
            "POST certificates", "{\"names\":[\"a.test\"],\"subject\":{\"country\":\"DEU\"}}",
            422, "invalid_field", "subject.country"),
        Row(
            "POST certificates", "{\"names\":[\"a.test\"],\"subject\":{\"x\":1}}", 422,
            "unknown_field", "subject.x"),
        Row(
            "POST certificates", "{\"names\":[\"a.test\"],\"renew\":{\"until\":\"soon\"}}", 422,
            "invalid_field", "renew.until"),
        Row(
            "POST certificates", "{\"names\":[\"a.test\"],\"expiry_notice\":[0]}", 422,
            "invalid_field", "expiry_notice[0]"),
        Row(
            "POST certificates", "{\"names\":[\"a.test\"],\"expiry_notice\":[1.5]}", 422,
            "invalid_field", "expiry_notice[0]"),
        Row("POST certificates/crt_1/issuances", "{}", 404, "not_found"),
        Row("POST csr/inspect", "{\"request\":\"x\"}", 422, "invalid_field", "request"),
        // Uploads.
        Row("POST versions", "{\"certificate\":\"x\"}", 422, "invalid_field", "private_key"),
        Row(
            "POST versions", "{\"certificate\":\"x\",\"private_key\":\"y\"}", 422,
            "unfit_certificate", "certificate"),
        Row(
            "POST versions", "{\"certificate\":\"x\",\"issuance_id\":\"crt_1\"}", 422,
            "invalid_field", "issuance_id"),
        Row("PUT versions/ver_1", "{}", 422, "invalid_field", "certificate"),
        // Sites, webhooks, queues.
        Row("POST sites/sit_1/revisions", "", 400, "malformed_body"),
        Row("POST sites", "{\"name\":\"a\\nb\"}", 422, "invalid_field", "name"),
        Row(
            "POST sites", "{\"name\":\"s\",\"client_reference\":\"\"}", 422, "invalid_field",
            "client_reference"),
        Row(
            "POST domains", "{\"name\":\"a.test\",\"application_urls\":[\"http://a:0\"]}", 422,
            "invalid_field", "application_urls"),
        Row("POST sites", "{\"name\":\"\"}", 422, "invalid_field", "name"),
        Row(
            "POST sites", "{\"name\":\"s\",\"hosts\":[\"*.a.test\"]}", 422, "invalid_field",
            "hosts[0]"),
        Row(
            "POST webhooks", "{\"url\":\"http://10.0.0.1/\"}", 422, "invalid_field", "url"),
        Row("POST webhooks", "{\"url\":\"nowhere\"}", 422, "invalid_field", "url"),
        Row(
            "POST webhooks", "{\"url\":\"http://127.0.0.1/\",\"types\":[\"x\"]}", 422,
            "invalid_field", "types[0]"),
        Row("POST queues/q/ack", "{\"event_id\":\"1\"}", 422, "invalid_field", "event_id"),
        Row("POST queues/q!/ack", "{\"event_id\":\"evt_1\"}", 404, "not_found"),
        Row("POST queues/q/ack", "{\"event_id\":\"evt_77\"}", 409, "conflict"),
        // Queries.
        Row("GET domains?limit=0", "", 422, "invalid_field", "limit"),
        Row("GET domains?limit=x", "", 422, "invalid_field", "limit"),
        Row("GET domains?limit=1&limit=2", "", 422, "invalid_field", "limit"),
        Row("GET domains?nonsense=1", "", 422, "unknown_field", "nonsense"),
        Row("GET domains?after=no%20sense", "", 422, "invalid_field", "after"),
        Row("GET domains?state=x", "", 422, "invalid_field", "state"),
        Row("GET domains?name=_x", "", 422, "invalid_field", "name"),
        Row("GET certificates?expires_before=x", "", 422, "invalid_field", "expires_before"),
        Row("GET versions?serial=null", "", 422, "invalid_field", "serial"),
        Row("GET versions?serial=", "", 422, "invalid_field", "serial"),
        Row("GET versions?serial=4FC3", "", 422, "invalid_field", "serial"),
        Row("GET events?after=5", "", 422, "invalid_field", "after"),
        Row("GET events?types=x", "", 422, "invalid_field", "types"),
        Row("GET events?wait=1000", "", 422, "invalid_field", "wait"),
        Row("DELETE domains/a.test?revoke=maybe", "", 422, "invalid_field", "revoke"),
        // Paths.
        Row("GET domains/dom_0", "", 404, "not_found"),
        Row("GET domains/dom_99999999999999999999", "", 404, "not_found"),
        Row("GET domains/%00", "", 404, "not_found"),
        Row("GET domains/%ff", "", 404, "not_found"),
        Row("GET certificates/1", "", 404, "not_found"),
        Row("GET certificates/dom_1", "", 404, "not_found"),
        Row("GET nothing", "", 404, "not_found"),
        Row("PATCH domains/dom_1", "{}", 404, "not_found"),
        Row("PUT domains", "{}", 405, "method_not_allowed"),
        Row("TRACE account", "", 405, "method_not_allowed"),
    ]

    @Test(arguments: rows)
    private func `it is answered with its problem, and nothing changes`(row: Row) async throws {
        let rig = try await ManagementRig()
        let parts = row.call.split(separator: " ", maxSplits: 1).map(String.init)
        let answer = try await rig.send(parts[0], "/edge/v1/\(parts[1])", row.body)
        #expect(answer.status == row.status, "\(answer.text)")
        #expect(answer["type"].stringValue == "/edge/v1/problems/\(row.kind)")
        #expect(answer["field"].stringValue == row.field, "\(answer.text)")
        #expect(try await rig.registry.events(of: "main", after: nil, limit: 1).elements == [])
    }

    @Test func `a client's body over the bound gets 413, on any method and framing`() async throws {
        let rig = try await ManagementRig()
        let large = [UInt8](repeating: 0x20, count: ManagementServer.bodyBytesMax + 1)
        for (method, path) in [("GET", "domains"), ("POST", "domains"), ("DELETE", "domains/a")] {
            let answer = try await rig.send(
                method, "/edge/v1/\(path)", bytes: large, by: .app)
            #expect(answer.status == 413)
            #expect(answer["type"] == "/edge/v1/problems/body_too_large")
            let wire = try await Wire(to: rig.address, on: rig.loop)
            await wire.send(Self.chunkedHead(method, path))
            await wire.send(Self.chunks(of: large[...]))
            let chunked = try #require(await wire.answer())
            #expect(chunked.status == 413)
            #expect(chunked.text.contains("/edge/v1/problems/body_too_large"))
            #expect(chunked.isLast)
        }
        let whole = [UInt8](repeating: 0x20, count: ManagementServer.bodyBytesMax - 2) + "{}".utf8
        let fits = try await rig.send("POST", "/edge/v1/domains", bytes: Array(whole), by: .app)
        #expect(fits["field"] == "name")
        let wire = try await Wire(to: rig.address, on: rig.loop)
        await wire.send(Self.chunkedHead("POST"))
        await wire.send(Self.chunks(of: whole[...]) + [Array("0\r\n\r\n".utf8)[...]])
        #expect(await wire.answer()?.text.contains("\"field\":\"name\"") == true)
    }

    private static func chunkedHead(_ method: String, _ path: String = "domains") -> String {
        "\(method) /edge/v1/\(path) HTTP/1.1\r\nHost: edge.test\r\n"
            + "Authorization: Bearer \(ManagementRig.Client.app.secret)\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
    }

    /// Of 64 KiB each, without the last one.
    private static func chunks(of body: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: body.count, by: 1 << 16).map { start in
            let chunk = body.dropFirst(start).prefix(1 << 16)
            return Array("\(String(chunk.count, radix: 16))\r\n".utf8)[...] + chunk
                + Array("\r\n".utf8)
        }
    }

    @Test func `a body of another media type gets 415`() async throws {
        let rig = try await ManagementRig()
        let answer = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"a.test"}"#,
            fields: [("Content-Type", "application/x-www-form-urlencoded")])
        #expect(answer.status == 415)
        let json = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"a.test"}"#,
            fields: [("Content-Type", "application/json; charset=utf-8")])
        #expect(json.status == 201)
    }

    @Test func `every type of problem is described`() async throws {
        let rig = try await ManagementRig()
        for kind in ProblemKind.allCases {
            let answer = try await rig.send(
                "GET", "/edge/v1/problems/\(kind.rawValue)", by: nil)
            #expect(answer["status"].integerValue == kind.status, "\(answer.text)")
        }
        let all = try await rig.send("GET", "/edge/v1/problems", by: nil)
        #expect(all["data"].arrayValue?.count == ProblemKind.allCases.count)
    }
}
