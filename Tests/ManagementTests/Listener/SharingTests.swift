// SPDX-License-Identifier: Apache-2.0
import Networking
import Registry
import Testing

@testable import Management

/// What one client of the listener can take from the others.
@Suite struct SharingTests {
    private static func post(_ path: String, _ fields: String...) -> String {
        let lines = fields.map { "\($0)\r\n" }.joined()
        return "POST \(path) HTTP/1.1\r\nHost: edge.test\r\n\(lines)\r\n"
    }

    @Test func `a client has as many requests under way as are left for others, and no more`()
        async throws
    {
        let rig = try await ListenerRig { $0.requestsMax = 4 }
        let greedy = [try await rig.wire(), try await rig.wire()]
        for wire in greedy { await wire.send(Self.post("/slow", "Client: a")) }
        try await rig.heard.request(for: "/slow", times: 2)
        let third = try await rig.wire()
        await third.send(Self.post("/echo", "Client: a"))
        #expect(await third.answer()?.status == 503)
        let other = try await rig.wire()
        await other.send(Self.post("/echo", "Client: b"))
        #expect(await other.answer()?.status == 200)
        rig.gate.give()
        for wire in greedy { #expect(await wire.answer()?.status == 200) }
    }

    @Test func `bodies that strangers send slowly keep no client out`() async throws {
        let rig = try await ListenerRig { configuration in
            configuration.strangersMax = 4
            configuration.requestsMax = 2
        }
        for _ in 0..<2 {
            let wire = try await rig.wire()
            await wire.send(Self.post("/open", "Content-Length: 1000") + "{")
        }
        try await rig.heard.request(for: "/open", times: 2)
        let beyond = try await rig.wire()
        await beyond.send(Self.post("/open", "Content-Length: 1000") + "{")
        #expect(await beyond.answer()?.status == 503)
        let client = try await rig.wire()
        await client.send(Self.post("/echo", "Content-Length: 2") + "ok")
        #expect(await client.answer()?.text == "ok")
    }

    @Test func `a stranger's body ends by a bound and a deadline of its own`() async throws {
        let rig = try await ListenerRig { configuration in
            configuration.strangersMax = 1
        }
        let hurried = try await ListenerRig { configuration in
            configuration.strangersBodyTimeout = .milliseconds(100)
        }
        let slow = try await hurried.wire()
        await slow.send(Self.post("/open", "Content-Length: 5"))
        #expect(await slow.answer()?.status == 408)
        let large = try await rig.wire()
        let bytes = ManagementServer.strangersBodyBytesMax
        await large.send(Self.post("/open", "Content-Length: \(bytes + 1)"))
        #expect(await large.answer()?.status == 413)
        let fits = try await rig.wire()
        let body = String(repeating: "x", count: bytes)
        await fits.send(Self.post("/open", "Content-Length: \(bytes)") + body)
        #expect(await fits.answer()?.text == body)
    }

    @Test func `what is declined by its head is answered without its body`() async throws {
        let rig = try await ListenerRig()
        let wire = try await rig.wire()
        await wire.send(Self.post("/declined", "Content-Length: 1000"))
        let answer = await wire.answer()
        #expect(answer?.status == 401)
        #expect(answer?.isLast == true)
        // One without a body is not its connection's last.
        let kept = try await rig.wire()
        for _ in 0..<2 {
            await kept.send(Self.post("/declined"))
            #expect(await kept.answer()?.isLast == false)
        }
    }

    @Test(arguments: [
        "POST /edge/v1/domains", "POST /v2/1/domains", "PUT /ssl", "POST /v1/certificate",
        "POST /ssl-certificate", "POST /api/v2/sites", "DELETE /v1/login", "POST /nowhere",
    ])
    func `no dialect reads the body of a request without a secret`(line: String) async throws {
        let rig = try await ManagementRig()
        let wire = try await Wire(to: rig.address, on: rig.loop)
        await wire.send(
            "\(line) HTTP/1.1\r\nHost: edge.test\r\nContent-Length: 1000\r\n\r\n")
        let answer = try #require(await wire.answer())
        #expect((400..<500).contains(answer.status))
        #expect(answer.isLast)
    }

    @Test(arguments: [
        ("/token", #"{"applicationId":"app","secret":"app-secret"}"#),
        ("/v1/login", #"{"user":"app","password":"app-secret","context":4}"#),
    ])
    func `a call with its secret in its body is anybody's until it was read`(
        path: String, body: String
    ) async throws {
        var configuration = ManagementServer.Configuration()
        configuration.strangersMax = 1
        configuration.strangersBodyTimeout = .seconds(60)
        let rig = try await ManagementRig(server: configuration)
        let slow = try await Wire(to: rig.address, on: rig.loop)
        let head = Self.post(path, "Content-Length: \(body.utf8.count)")
        await slow.send("GET /edge/v1/problems HTTP/1.1\r\nHost: edge.test\r\n\r\n" + head)
        // With this answer the server goes on to the second head, which takes the place.
        #expect(await slow.answer() != nil)
        let limit = ContinuousClock.now + .seconds(60)
        while try await rig.send("POST", path, body, by: nil).status == 200 {
            try #require(ContinuousClock.now < limit)
        }
        #expect(try await rig.send("GET", "/edge/v1/domains").status == 200)
        await slow.send(body)
        #expect(await slow.answer()?.status == 200)
        #expect(try await rig.send("POST", path, body, by: nil).status == 200)
    }
}
