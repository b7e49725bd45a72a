// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import TLS
import Testing

@Suite struct HTTPClientTests {
    private static func client(
        _ loop: EventLoop, lookup: any HostLookup = TableLookup(),
        _ adjust: (inout ClientConfiguration) -> Void = { _ in }
    ) throws -> HTTPClient {
        var configuration = ClientConfiguration()
        adjust(&configuration)
        return try HTTPClient(
            loop: loop, trustedRoots: .system, lookup: lookup, userAgent: "nameplate/test",
            configuration: configuration)
    }

    /// Sends, and answers what went wrong as text.
    private static func failure(
        _ client: HTTPClient, _ request: ClientRequest, deadline: Duration = .seconds(20),
        maxBody: Int = 1000
    ) async -> String {
        do throws(HTTPClientError) {
            let response = try await client.send(request, deadline: deadline, maxBody: maxBody)
            return "answered \(response.status)"
        } catch {
            return error.description
        }
    }

    @Test func `a request is written whole and its response read whole`() async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                let request = try #require(try await side.next())
                #expect(request.head.methodText == "POST")
                #expect(request.head.targetText == "/new?x=1")
                #expect(request.head.fields.text(of: .userAgent) == "nameplate/test")
                #expect(request.head.fields.text(named: "X-Own") == "yes")
                #expect(request.body == Array("body".utf8))
                try await side.answer(201, "made", fields: ["Link: <a>", "X: y", "link: <b>"])
            }
            let client = try Self.client(loop)
            let response = try await client.send(
                ClientRequest(
                    method: "POST", url: server.url("/new?x=1"), fields: [("X-Own", "yes")],
                    body: Array("body".utf8)),
                deadline: .seconds(20), maxBody: 100)
            #expect(response.status == 201)
            #expect(response.body == Array("made".utf8))
            #expect(response.first("x") == "y")
            #expect(response.all("LINK") == ["<a>", "<b>"])
            server.close()
        }
    }

    @Test(arguments: [
        (
            "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            "abc"
        ),
        ("GET", "HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"),
        ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", ""),
        (
            "GET",
            "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            "a"
        ),
    ])
    func `every framing is read`(method: String, answer: String, body: String) async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                _ = try await side.next()
                try await side.send(answer)
            }
            let client = try Self.client(loop)
            let response = try await client.send(
                ClientRequest(method: method, url: server.url()), deadline: .seconds(20),
                maxBody: 100)
            #expect(String(decoding: response.body, as: UTF8.self) == body)
            server.close()
        }
    }

    @Test func `requests that follow each other share a connection`() async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                while try await side.next() != nil { try await side.answer() }
            }
            let client = try Self.client(loop)
            for _ in 0..<5 {
                _ = try await client.send(
                    ClientRequest(url: server.url()), deadline: .seconds(20), maxBody: 0)
            }
            #expect(server.connections == 1)
            client.closeIdle()
            _ = try await client.send(
                ClientRequest(url: server.url()), deadline: .seconds(20), maxBody: 0)
            #expect(server.connections == 2)
            server.close()
        }
    }

    @Test(arguments: [
        ("GET", "answered 200", 2),
        ("POST", "the server closed the connection before the answer was whole", 1),
    ])
    func `a kept connection that proves dead is replaced when that is safe`(
        method: String, outcome: String, connections: Int
    ) async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, number in
                _ = try await side.next()
                try await side.answer()
                guard try await side.next() != nil else { return }
                // The second request on the first connection is taken and never answered.
                if number == 1 { side.abort() } else { try await side.answer() }
            }
            let client = try Self.client(loop)
            let url = server.url()
            #expect(await Self.failure(client, ClientRequest(url: url)) == "answered 200")
            let second = ClientRequest(method: method, url: url)
            #expect(await Self.failure(client, second) == outcome)
            #expect(server.connections == connections)
            server.close()
        }
    }

    @Test func `a connection that the server closed while idle is not used`() async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                _ = try await side.next()
                try await side.answer()
            }
            let client = try Self.client(loop)
            for _ in 0..<3 {
                let post = ClientRequest(method: "POST", url: server.url())
                #expect(await Self.failure(client, post) == "answered 200")
                // The server's close is a message to this loop like any other.
                try await loop.sleep(for: .milliseconds(20))
            }
            #expect(server.connections == 3)
            server.close()
        }
    }

    @Test func `a new connection that dies is not replaced`() async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in _ = try await side.next() }
            let outcome = await Self.failure(
                try Self.client(loop), ClientRequest(url: server.url()))
            #expect(outcome == HTTPClientError.closed.description)
            #expect(server.connections == 1)
            server.close()
        }
    }

    @Test(arguments: [
        ("Content-Length: 10\r\n\r\n0123456789", 10, "answered 200"),
        ("Content-Length: 10\r\n\r\n", 9, HTTPClientError.tooLarge(limit: 9).description),
        (
            "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n01234\r\n0\r\n\r\n", 10,
            "answered 200"
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n01234\r\n", 9,
            HTTPClientError.tooLarge(limit: 9).description
        ),
        ("Connection: close\r\n\r\n0123456789", 9, HTTPClientError.tooLarge(limit: 9).description),
        ("Content-Length: 10\r\n\r\n012345678", 10, HTTPClientError.closed.description),
        (
            "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n", 10,
            HTTPClientError.closed.description
        ),
        (
            "Transfer-Encoding: chunked\r\n\r\nx", 10,
            "the answer is not HTTP: a chunk size is not a hexadecimal number"
        ),
        (
            "Content-Length: 1, 1\r\n\r\n", 10,
            "the answer is not HTTP: Content-Length is not one number"
        ),
    ])
    func `a body is bounded and whole`(rest: String, maxBody: Int, outcome: String) async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                _ = try await side.next()
                try await side.send("HTTP/1.1 200 OK\r\n" + rest)
            }
            let answer = await Self.failure(
                try Self.client(loop), ClientRequest(url: server.url()), maxBody: maxBody)
            #expect(answer == outcome)
            server.close()
        }
    }

    @Test(arguments: [
        ("<html>", "the answer is not HTTP: the start line does not hold an HTTP version"),
        (
            "HTTP/1.1 101 X\r\n\r\n",
            "the answer is not HTTP: a switch of protocols that nobody asked for"
        ),
        (
            String(repeating: "HTTP/1.1 100 X\r\n\r\n", count: 17),
            "the answer is not HTTP: too many interim responses"
        ),
    ])
    func `what is not HTTP is said to be none`(answer: String, outcome: String) async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                _ = try await side.next()
                try await side.send(answer)
            }
            let client = try Self.client(loop)
            #expect(await Self.failure(client, ClientRequest(url: server.url())) == outcome)
            server.close()
        }
    }

    @Test func `every wait ends by the deadline`() async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                while try await side.next() != nil {}
            }
            let brief = Duration.milliseconds(300)
            let request = ClientRequest(url: server.url())
            let client = try Self.client(loop) { $0.connectionsPerOrigin = 1 }
            let answer = await Self.failure(client, request, deadline: brief)
            #expect(answer == "timed out waiting for the response")

            // One request holds the only connection; the next does not get its turn in time.
            let holder = Task(executorPreference: loop) {
                await Self.failure(client, request, deadline: .seconds(3))
            }
            while server.connections < 2 { try await loop.sleep(for: .milliseconds(1)) }
            let queued = await Self.failure(client, request, deadline: brief)
            #expect(queued == "timed out waiting for a free connection")
            #expect(await holder.value == "timed out waiting for the response")

            let lost = try Self.client(loop, lookup: SilentLookup(loop: loop))
            let named = ClientRequest(url: server.url(host: "a.example"))
            let lookup = await Self.failure(lost, named, deadline: brief)
            #expect(lookup == "timed out waiting for the address")
            server.close()
        }
    }

    @Test func `each address is tried in turn`() async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                _ = try await side.next()
                try await side.answer()
            }
            let table = [
                "a.example": [IPAddress("127.0.0.2")!, IPAddress("127.0.0.1")!],
                "b.example": [IPAddress("127.0.0.2")!],
            ]
            let client = try Self.client(loop, lookup: TableLookup(table: table))
            let a = ClientRequest(url: server.url(host: "a.example"))
            #expect(await Self.failure(client, a) == "answered 200")
            let b = ClientRequest(url: server.url(host: "b.example"))
            let refused = await Self.failure(client, b)
            #expect(refused.hasPrefix("connecting to 127.0.0.2:\(server.port): "))
            #expect(refused.hasSuffix("Connection refused"))
            let c = ClientRequest(url: server.url(host: "c.example"))
            #expect(
                await Self.failure(client, c) == "looking up c.example: no such name in the table")
            server.close()
        }
    }

    @Test func `many requests share the connections there may be`() async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                while let request = try await side.next() {
                    try await loop.sleep(for: .milliseconds(1))
                    try await side.answer(200, request.head.targetText)
                }
            }
            let client = try Self.client(loop) { $0.connectionsPerOrigin = 4 }
            let urls = (0..<200).map { server.url("/\($0)") }
            let tasks = urls.map { url in
                Task(executorPreference: loop) {
                    try await client.send(
                        ClientRequest(method: "POST", url: url), deadline: .seconds(20),
                        maxBody: 10)
                }
            }
            for (url, task) in zip(urls, tasks) {
                #expect(try await task.value.body == Array(url.target.utf8))
            }
            #expect(server.connections == 4)
            server.close()
        }
    }

    @Test func `requests wait in the order they came and no more than may wait`() async throws {
        try await onLoop { loop in
            let order = LoopBound(Order(), on: loop)
            let server = try LoopbackServer(on: loop) { side, _ in
                while let request = try await side.next() {
                    order.value.targets.append(request.head.targetText)
                    while order.value.isHeld { try await loop.sleep(for: .milliseconds(1)) }
                    try await side.answer()
                }
            }
            let client = try Self.client(loop) {
                $0.connectionsPerOrigin = 1
                $0.waitingPerOrigin = 3
            }
            let urls = (0..<5).map { server.url("/\($0)") }
            let tasks = urls.map { url in
                Task(executorPreference: loop) {
                    await Self.failure(client, ClientRequest(url: url))
                }
            }
            let last = await tasks[4].value
            #expect(last == "the request cannot be sent: too many requests wait for a connection")
            order.value.isHeld = false
            for task in tasks[..<4] { #expect(await task.value == "answered 200") }
            #expect(order.value.targets == ["/0", "/1", "/2", "/3"])
            server.close()
        }
    }

    private final class Order {
        var targets: [String] = []
        var isHeld = true
    }

    @Test func `a cancelled request ends at once, waiting or sent`() async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                while try await side.next() != nil {}
            }
            let client = try Self.client(loop) { $0.connectionsPerOrigin = 1 }
            let request = ClientRequest(url: server.url())
            let sent = Task(executorPreference: loop) { await Self.failure(client, request) }
            while server.connections < 1 { try await loop.sleep(for: .milliseconds(1)) }
            let queued = Task(executorPreference: loop) { await Self.failure(client, request) }
            try await loop.sleep(for: .milliseconds(5))
            queued.cancel()
            #expect(await queued.value == "cancelled")
            sent.cancel()
            #expect(await sent.value == "cancelled")
            server.close()
        }
    }

    @Test func `an idle connection is closed after its time`() async throws {
        try await onLoop { loop in
            let server = try LoopbackServer(on: loop) { side, _ in
                while try await side.next() != nil { try await side.answer() }
            }
            let client = try Self.client(loop) { $0.idleAge = .milliseconds(10) }
            let request = ClientRequest(url: server.url())
            #expect(await Self.failure(client, request) == "answered 200")
            try await loop.sleep(for: .milliseconds(50))
            #expect(await Self.failure(client, request) == "answered 200")
            #expect(server.connections == 2)
            server.close()
        }
    }

    @Test(arguments: [
        ("GET", "X", "a\r\nY: b"), ("GET", "X ", "a"), ("GET", "Host", "other"),
        ("GET", "Content-Length", "5"), ("GET /", "X", "a"), ("CONNECT", "X", "a"),
    ])
    func `what would break the framing is not sent`(
        method: String, name: String, value: String
    ) async throws {
        try await onLoop { loop in
            let request = ClientRequest(
                method: method, url: HTTPURL("http://127.0.0.1:9/")!, fields: [(name, value)])
            let outcome = await Self.failure(try Self.client(loop), request)
            #expect(outcome.hasPrefix("the request cannot be sent: "))
        }
    }
}
