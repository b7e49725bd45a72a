// SPDX-License-Identifier: Apache-2.0
import Networking
import Registry
import Testing

@testable import Management

/// Bodies as clients send them: in either framing, in any pieces, too large, too slow, broken.
@Suite struct BodyTests {
    private static func head(_ method: String, _ fields: String) -> String {
        "\(method) /echo HTTP/1.1\r\nHost: edge.test\r\n\(fields)\r\n\r\n"
    }

    private static func chunked(_ method: String) -> String {
        head(method, "Transfer-Encoding: chunked")
    }

    @Test(arguments: ["POST", "GET", "DELETE"], Cut.all)
    func `a chunked body is read to its end, in whatever pieces it comes`(
        method: String, cut: Cut
    ) async throws {
        let rig = try await ListenerRig()
        let wire = try await rig.wire()
        let message =
            Self.chunked(method) + "5;by=\"a\\\";\"\r\nhello\r\n06\r\n world\r\n0\r\n\r\n"
            + Self.head(method, "Content-Length: 4") + "next" + Self.head("GET", "Accept: */*")
        await wire.send(cut.pieces(of: message))
        for body in ["hello world", "next", ""] {
            let answer = await wire.answer()
            #expect(answer?.status == 200)
            #expect(answer?.text == body)
        }
    }

    @Test(arguments: Cut.all)
    func `trailers end with their section, and count for nothing`(cut: Cut) async throws {
        let rig = try await ListenerRig()
        let wire = try await rig.wire()
        let trailers = "Digest: abc\r\nContent-Length: 99\r\nHost: elsewhere.test\r\n"
        await wire.send(
            cut.pieces(
                of: Self.chunked("POST") + "2\r\n{}\r\n0\r\n\(trailers)\r\n"
                    + Self.head("GET", "Accept: */*")))
        #expect(await wire.answer()?.text == "{}")
        #expect(await wire.answer()?.status == 200)
    }

    @Test(arguments: [
        "x\r\n", "-1\r\n", "5 \r\nhello\r\n", "5\nhello\r\n", "5\r\nhelloX", "2\r\nhello\r\n",
        "10000000000000000\r\n", "0\r\nno field\r\n\r\n", "0\r\n : x\r\n\r\n",
        "0\r\nA: \(String(repeating: "x", count: 9000))\r\n\r\n",
        "1;\(String(repeating: "x", count: 300))\r\n",
    ])
    func `a body that breaks its framing is told so, and is the connection's last`(
        body: String
    ) async throws {
        let rig = try await ListenerRig()
        let wire = try await rig.wire()
        await wire.send(Self.chunked("POST") + body + Self.head("GET", "Accept: */*"))
        let answer = await wire.answer()
        #expect(answer?.status == 400)
        #expect(answer?.isLast == true)
        #expect(await wire.answer() == nil)
    }

    @Test(arguments: [
        "Transfer-Encoding: chunked\r\nContent-Length: 5", "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: +5", "Content-Length: 5, 5x", "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: identity",
    ])
    func `a body whose end is in doubt is not read`(fields: String) async throws {
        let rig = try await ListenerRig()
        let wire = try await rig.wire()
        await wire.send(Self.head("POST", fields) + "0\r\n\r\n")
        let answer = try #require(await wire.answer())
        #expect([400, 501].contains(answer.status))
        #expect(answer.isLast)
        #expect(await wire.answer() == nil)
    }

    @Test func `a client that waits for 100 gets it, and no sooner than its body is wanted`()
        async throws
    {
        let rig = try await ListenerRig()
        let wire = try await rig.wire()
        for framing in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
            await wire.send(Self.head("POST", "\(framing)\r\nExpect: 100-continue"))
            #expect(await wire.answer()?.status == 100)
            await wire.send(framing.hasSuffix("5") ? "hello" : "5\r\nhello\r\n0\r\n\r\n")
            #expect(await wire.answer()?.text == "hello")
        }
        // Without a body there is nothing to wait for.
        await wire.send(Self.head("GET", "Expect: 100-continue"))
        #expect(await wire.answer()?.status == 200)
        let large = "Content-Length: \(ManagementServer.bodyBytesMax + 1)"
        await wire.send(Self.head("POST", "\(large)\r\nExpect: 100-continue"))
        #expect(await wire.answer()?.status == 413)
        #expect(await wire.answer() == nil)
    }

    @Test(arguments: ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
    func `a body that comes byte by byte ends by its deadline`(framing: String) async throws {
        let rig = try await ListenerRig { $0.bodyTimeout = .milliseconds(300) }
        let wire = try await rig.wire()
        await wire.send(Self.head("POST", framing))
        let drip = Task {
            while !Task.isCancelled {
                await wire.send(framing.hasPrefix("C") ? "x" : "1\r\nx\r\n")
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        let answer = await wire.answer()
        drip.cancel()
        #expect(answer?.status == 408)
        #expect(answer?.isLast == true)
    }

    @Test func `a body that never comes ends by its deadline, and its place is free again`()
        async throws
    {
        let rig = try await ListenerRig {
            $0.bodyTimeout = .milliseconds(100)
            $0.requestsMax = 1
        }
        let silent = try await rig.wire()
        await silent.send(Self.head("POST", "Content-Length: 5"))
        #expect(await silent.answer()?.status == 408)
        #expect(await silent.answer() == nil)
        let next = try await rig.wire()
        await next.send(Self.head("GET", "Accept: */*"))
        #expect(await next.answer()?.status == 200)
    }

    @Test func `requests beyond the bound are told to come again, and those before go on`()
        async throws
    {
        let rig = try await ListenerRig { $0.requestsMax = 4 }
        let slow = [try await rig.wire(), try await rig.wire()]
        for wire in slow {
            await wire.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok")
        }
        try await rig.heard.request(for: "/slow", times: 2)
        let refused = try await rig.wire()
        await refused.send(Self.head("GET", "Accept: */*"))
        #expect(await refused.answer()?.status == 503)
        rig.gate.give()
        for wire in slow { #expect(await wire.answer()?.text == "ok") }
        let next = try await rig.wire()
        await next.send(Self.head("GET", "Accept: */*"))
        #expect(await next.answer()?.status == 200)
    }
}
