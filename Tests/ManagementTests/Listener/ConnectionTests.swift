// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Registry
import Testing

@testable import Management

/// Connections to the listener: how many, for how long, and how they end.
@Suite struct ConnectionTests {
    private static func get(_ path: String, _ fields: String = "Accept: */*") -> String {
        "GET \(path) HTTP/1.1\r\nHost: edge.test\r\n\(fields)\r\n\r\n"
    }

    @Test func `a connection serves one request after the other, errors among them`() async throws {
        let rig = try await ListenerRig()
        let wire = try await rig.wire()
        for path in ["/a", "/missing", "/b", "/missing", "/c"] {
            await wire.send(Self.get(path))
            let answer = await wire.answer()
            #expect(answer?.status == (path == "/missing" ? 404 : 200))
            #expect(answer?.isLast == false)
        }
        // At once, too.
        await wire.send(Self.get("/a") + Self.get("/missing") + Self.get("/b", "Connection: close"))
        #expect(await wire.answer()?.status == 200)
        #expect(await wire.answer()?.status == 404)
        #expect(await wire.answer()?.isLast == true)
        #expect(await wire.answer()?.head == nil)
    }

    @Test(arguments: [
        "NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n\r\n",
    ])
    func `what is no request is answered once, and ends the connection`(text: String) async throws {
        let rig = try await ListenerRig()
        let wire = try await rig.wire()
        await wire.send(text)
        let answer = try #require(await wire.answer())
        #expect((400..<600).contains(answer.status))
        #expect(answer.isLast)
        #expect(answer.text.contains("/edge/v1/problems/malformed_request"))
        #expect(await wire.answer()?.head == nil)
    }

    @Test func `what the edge forwards for a visitor reaches no dialect`() async throws {
        let mark = LoopMark()
        var buffer = ByteBuffer()
        mark.append(to: &buffer)
        let field = String(decoding: buffer.take(buffer.readableCount), as: UTF8.self)
        let rig = try await ListenerRig { $0.loopMark = mark }
        let wire = try await rig.wire()
        await wire.send("GET /a HTTP/1.1\r\nHost: edge.test\r\n\(field)\r\n")
        #expect(await wire.answer()?.status == 508)
        await wire.send(Self.get("/a", "CDN-Loop: somebody.else"))
        #expect(await wire.answer()?.status == 200)
    }

    @Test func `a connection of HTTP/1.0 ends with its answer`() async throws {
        let rig = try await ListenerRig()
        let wire = try await rig.wire()
        await wire.send("POST /a HTTP/1.0\r\nContent-Length: 2\r\n\r\nok")
        #expect(await wire.answer()?.text == "ok")
        #expect(await wire.answer()?.head == nil)
    }

    @Test func `192 connections are served, the next is closed, and one that ends makes room`()
        async throws
    {
        let rig = try await ListenerRig()
        var wires: [Wire] = []
        for _ in 0..<192 { wires.append(try await rig.wire()) }
        let last = try #require(wires.last)
        await last.send(Self.get("/last"))
        #expect(await last.answer()?.status == 200)

        let beyond = try await rig.wire()
        await beyond.send(Self.get("/beyond"))
        #expect(await beyond.answer()?.head == nil)
        await wires[0].send(Self.get("/first"))
        #expect(await wires[0].answer()?.status == 200)

        await wires[1].send(Self.get("/leaving", "Connection: close"))
        #expect(await wires[1].answer()?.status == 200)
        let end = await wires[1].answer()
        #expect(end?.head == nil, "\(end?.head ?? "") \(end?.text ?? "")")
        await wires[1].close()
        var answer: Wire.Answer?
        while answer == nil {
            let next = try await rig.wire()
            await next.send(Self.get("/next"))
            answer = await next.answer()
        }
        #expect(answer?.status == 200)
    }

    @Test func `a drain ends idle connections at once and lets what is in flight finish`()
        async throws
    {
        let rig = try await ListenerRig()
        let (idle, fresh, slow) = (try await rig.wire(), try await rig.wire(), try await rig.wire())
        await idle.send(Self.get("/a"))
        #expect(await idle.answer()?.status == 200)
        await slow.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\ndone")
        try await rig.heard.request(for: "/slow")
        let drain = Task { await rig.drain(patience: .seconds(60)) }
        #expect(await idle.answer()?.head == nil)
        #expect(await fresh.answer()?.head == nil)
        await #expect(throws: StreamError.self) { try await rig.wire() }
        rig.gate.give()
        let answer = await slow.answer()
        #expect(answer?.text == "done")
        #expect(answer?.isLast == true)
        #expect(await slow.answer()?.head == nil)
        await slow.close()
        #expect(await drain.value == 0)
    }

    @Test func `what does not end in time is cut off and counted`() async throws {
        let rig = try await ListenerRig()
        let slow = try await rig.wire()
        await slow.send(Self.get("/slow"))
        try await rig.heard.request(for: "/slow")
        #expect(await rig.drain(patience: .milliseconds(50)) == 1)
        #expect(await slow.answer()?.head == nil)
        rig.gate.give()
    }

    @Test func `a long poll is answered when the listener drains`() async throws {
        let heard = Heard()
        let rig = try await ManagementRig(more: [heard])
        let poll = Task { try await rig.send("GET", "/edge/v1/events?wait=20") }
        try await heard.request(for: "/edge/v1/events")
        // Less than it would wait: what is not answered is cut off.
        let cutOff = await rig.loop.call {
            await rig.server.value.drain(patience: .seconds(15))
        }
        #expect(cutOff == 0)
        let answer = try await poll.value
        #expect(answer.status == 200)
        #expect(answer["data"] == [])
    }
}
