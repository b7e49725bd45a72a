// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import Testing

@Suite struct HTTP2Tests {
    @Test func `an HTTP/2 request reaches an HTTP/1.1 origin in its words`() async throws {
        let rig = try await Rig(version: .http2) { origin in
            let head = try await origin.head()
            try await origin.send(
                "HTTP/1.1 200 OK\r\nContent-Length: \(head.utf8.count)\r\nConnection: close\r\n"
                    + "X-Said: yes\r\n\r\n\(head)")
        }
        try await rig.http2Client { client in
            let stream = try client.ask("/a?b=c", [("cookie", "a=1"), ("cookie", "b=2")])
            let answer = try await stream.receiveAnswer()
            #expect(answer.status == 200)
            #expect(answer.fields.text(named: "x-said") == "yes")
            #expect(answer.fields.text(of: .connection) == nil)
            let seen = try await stream.rest().lowercased()
            #expect(seen.hasPrefix("get /a?b=c http/1.1\r\n"))
            #expect(seen.contains("\r\nhost: shop.example.com\r\n"))
            #expect(seen.contains("\r\ncookie: a=1; b=2\r\n"))
            #expect(seen.contains("\r\nx-forwarded-proto: https\r\n"))
            #expect(!seen.contains("transfer-encoding"))
        }
    }

    @Test func `a body of unknown length goes in chunks, with its trailers`() async throws {
        let heard = Counter()
        let rig = try await Rig(version: .http2) { origin in
            let head = try await origin.head()
            #expect(head.contains("Transfer-Encoding: chunked\r\n"))
            #expect(try await origin.read(through: "first\r\n") == "5\r\nfirst\r\n")
            heard.next()
            #expect(try await origin.read(through: "second\r\n") == "6\r\nsecond\r\n")
            heard.next()
            let end = try await origin.read(through: "\r\n\r\n")
            #expect(end == "0\r\nx-sum: 7\r\n\r\n")
            try await origin.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-End: 1\r\n\r\n"
            )
        }
        try await rig.http2Client { client in
            let stream = try client.ask("/", method: .post, ends: false)
            for (number, text) in ["first", "second"].enumerated() {
                try await stream.send(text)
                while heard.value == number { try await rig.loop.sleep(for: .milliseconds(1)) }
            }
            var trailers = Fields()
            trailers.append(name: "x-sum".utf8.span, value: "7".utf8.span)
            let sum = trailers
            try await stream.sendHead(ends: true) { $0.append(sum) }
            #expect(try await stream.receiveAnswer().status == 200)
            #expect(try await stream.rest() == "ok")
            #expect(stream.trailers.text(named: "x-end") == "1")
        }
    }

    @Test func `another tenant's name gets 421 on a connection that does not cover it`()
        async throws
    {
        let rig = try await Rig(version: .http2) { _ in Issue.record("the origin was asked") }
        try await rig.http2Client { client in
            let stream = try client.ask("/", host: "other.example.com")
            #expect(try await stream.receiveAnswer().status == 421)
        }
    }

    @Test func `a client that gives a request up ends it at the origin`() async throws {
        let (asked, gone) = (Counter(), Counter())
        let rig = try await Rig(version: .http2) { origin in
            _ = try await origin.head()
            asked.next()
            #expect(try await origin.rest().isEmpty)
            gone.next()
        }
        try await rig.http2Client { client in
            let stream = try client.ask("/")
            while asked.value == 0 { try await rig.loop.sleep(for: .milliseconds(1)) }
            stream.reset(.cancel)
            while gone.value == 0 { try await rig.loop.sleep(for: .milliseconds(1)) }
        }
        #expect(
            !rig.observer.events.contains { if case .originFailed = $0 { true } else { false } })
    }

    @Test func `a client that leaves within an answer is not logged as the origin's fault`()
        async throws
    {
        let gone = Counter()
        let rig = try await Rig(version: .http2) { origin in
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            #expect(try await origin.rest().isEmpty)
            gone.next()
        }
        try await rig.http2Client { client in
            let stream = try client.ask("/")
            #expect(try await stream.receiveAnswer().status == 200)
            #expect(try await stream.read(4) == "half")
            stream.reset(.cancel)
            while gone.value == 0 { try await rig.loop.sleep(for: .milliseconds(1)) }
        }
        #expect(
            !rig.observer.events.contains { if case .originFailed = $0 { true } else { false } })
    }

    @Test func `a switch of protocols that nobody asked for is 502`() async throws {
        let rig = try await Rig(version: .http2) { origin in
            _ = try await origin.head()
            try await origin.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
        }
        try await rig.http2Client { client in
            let stream = try client.ask("/")
            #expect(try await stream.receiveAnswer().status == 502)
        }
    }

    @Test func `an origin that dies within a body resets the stream, and its neighbours go on`()
        async throws
    {
        let rig = try await Rig(version: .http2) { origin in
            while true {
                let head = try await origin.head()
                guard !head.isEmpty else { return }
                if head.hasPrefix("GET /half") {
                    try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                    return
                }
                try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell")
            }
        }
        try await rig.http2Client { client in
            let half = try client.ask("/half")
            #expect(try await half.receiveAnswer().status == 200)
            await #expect(throws: TransportError.self) { try await half.rest() }
            #expect(half.fault?.code == .internalError)
            let well = try client.ask("/well")
            #expect(try await well.receiveAnswer().status == 200)
            #expect(try await well.rest() == "well")
        }
    }

    @Test func `a drain says GOAWAY, and what is under way finishes`() async throws {
        let asked = Counter()
        let rig = try await Rig(version: .http2) { origin in
            _ = try await origin.head()
            asked.next()
            while asked.value < 2 { try await origin.socket.loop.sleep(for: .milliseconds(1)) }
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
        }
        try await rig.http2Client { client in
            let stream = try client.ask("/")
            while asked.value == 0 { try await rig.loop.sleep(for: .milliseconds(1)) }
            async let cutOff = rig.drain()
            while client.isUsable { try await rig.loop.sleep(for: .milliseconds(1)) }
            asked.next()
            #expect(try await stream.receiveAnswer().status == 200)
            #expect(try await stream.rest() == "late")
            #expect(await cutOff == 0)
        }
    }

    @Test func `an extended CONNECT becomes an upgrade, and bytes pass both ways`() async throws {
        let rig = try await Rig(version: .http2) { origin in
            let head = try await origin.head()
            #expect(head.hasPrefix("GET /chat HTTP/1.1\r\n"))
            #expect(head.contains("Upgrade: websocket\r\n"))
            let key = try #require(
                head.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") })
            let accept = webSocketAccept(String(key.dropFirst(19)))
            try await origin.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Accept: \(accept)\r\n\r\n")
            #expect(try await origin.read(4) == "ping")
            try await origin.send("pong")
        }
        try await rig.http2Client { client in
            let stream = try client.ask(
                "/chat", method: .connect, protocolName: "websocket", ends: false)
            let answer = try await stream.receiveAnswer()
            #expect(answer.status == 200)
            #expect(answer.fields.text(of: .secWebSocketAccept) == nil)
            try await stream.send("ping")
            #expect(try await stream.read(4) == "pong")
        }
    }

    @Test func `an upgrade without the proof of the key is no tunnel`() async throws {
        let rig = try await Rig(version: .http2) { origin in
            _ = try await origin.head()
            try await origin.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                    + "Upgrade: websocket\r\nSec-WebSocket-Accept: bm8=\r\n\r\n")
        }
        try await rig.http2Client { client in
            let stream = try client.ask(
                "/chat", method: .connect, protocolName: "websocket", ends: false)
            await #expect(throws: TransportError.self) { try await stream.receiveAnswer() }
        }
    }

    @Test func `an idle HTTP/2 connection has no task, and is served again when it speaks`()
        async throws
    {
        let rig = try await Rig(version: .http2, sweepInterval: .milliseconds(1)) { origin in
            while try await !origin.head().isEmpty {
                try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes")
            }
        }
        try await rig.http2Client { client in
            for _ in 0..<3 {
                let stream = try client.ask("/")
                #expect(try await stream.receiveAnswer().status == 200)
                #expect(try await stream.rest() == "yes")
                try await rig.parked(1)
            }
        }
        try await rig.parked(0)
    }

    @Test func `a stream that nobody reads does not stop the others`() async throws {
        let body = String(repeating: "x", count: 1 << 20)
        let rig = try await Rig(version: .http2) { origin in
            while try await !origin.head().isEmpty {
                try await origin.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(1 << 20)\r\n\r\n\(body)")
            }
        }
        try await rig.http2Client { client in
            let unread = try client.ask("/unread")
            #expect(try await unread.receiveAnswer().status == 200)
            for _ in 0..<20 {
                let stream = try client.ask("/")
                #expect(try await stream.receiveAnswer().status == 200)
                #expect(try await stream.rest().utf8.count == 1 << 20)
            }
            #expect(try await unread.rest().utf8.count == 1 << 20)
        }
    }

    /// A client's preface and empty SETTINGS (RFC 9113 §3.4).
    static let preface =
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]

    @Test func `a frame that never becomes whole ends its connection`() async throws {
        let rig = try await Rig(
            version: .http2, configure: { $0.client.head = .milliseconds(50) }
        ) { _ in }
        try await rig.client { client in
            try await client.send(bytes: Self.preface + [0, 0, 8, 6, 0])
            _ = try await client.rest()
        }
    }

    @Test func `who breaks the rules gets to read why, whatever else was sent`() async throws {
        let rig = try await Rig(version: .http2) { _ in }
        try await rig.client { client in
            // PING on a stream (RFC 9113 §6.7), and much behind it.
            let ping: [UInt8] = [0, 0, 8, 6, 0, 0, 0, 0, 1] + Array(repeating: 0, count: 8)
            try await client.send(bytes: Self.preface + ping + Array(repeating: 0, count: 100_000))
            client.socket.shutdownWrite()
            let told = try await client.allBytes()
            let words = "a frame of the connection names a stream"
            #expect(String(decoding: told, as: UTF8.self).contains(words))
        }
        let faults = rig.observer.events.compactMap { event in
            if case .protocolFault(_, let reason, true) = event { reason } else { nil }
        }
        #expect(faults.count == 1)
    }

    @Test func `an exchange that takes longer than all of it may ends in 504`() async throws {
        let rig = try await Rig(
            version: .http2, configure: { $0.totalTimeout = .milliseconds(50) }
        ) { origin in
            _ = try await origin.head()
            _ = try await origin.rest()
        }
        try await rig.http2Client { client in
            let stream = try client.ask("/")
            #expect(try await stream.receiveAnswer().status == 504)
        }
    }
}
