// SPDX-License-Identifier: Apache-2.0
import Networking
import Proxy
import Testing

@Suite struct BodyTests {
    @Test func `a chunked answer keeps its trailers and loses its extensions`() async throws {
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send(
                """
                HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r
                5;ext=1\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r

                """)
        }
        let answer = try await rig.send(
            "GET / HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n")
        #expect(answer.contains("Transfer-Encoding: chunked\r\n"))
        #expect(answer.hasSuffix("5\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n"))
    }

    @Test func `an HTTP/1.0 client gets the content of chunks and then the end`() async throws {
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
        }
        let answer = try await rig.send("GET / HTTP/1.0\r\nHost: shop.example.com\r\n\r\n")
        #expect(!answer.contains("chunked"))
        #expect(answer.hasSuffix("\r\n\r\nhello"))
    }

    @Test func `an answer that ends with its connection is put into chunks`() async throws {
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 200 OK\r\n\r\nto the end")
        }
        let answer = try await rig.send(
            "GET / HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n")
        #expect(answer.hasSuffix("a\r\nto the end\r\n0\r\n\r\n"))
    }

    @Test func `an answer cut short does not look whole`() async throws {
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")
        }
        let answer = try await rig.send("GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n")
        #expect(!answer.hasSuffix("0\r\n\r\n"))
        #expect(rig.observer.events.count == 1)
    }

    @Test(arguments: ["HEAD", "GET"], [204, 304])
    func `an answer that has no body by its nature ends with its head`(
        method: String, status: Int
    )
        async throws
    {
        let rig = try await Rig { origin in
            while try await !origin.head().isEmpty {
                try await origin.send("HTTP/1.1 \(status) X\r\nETag: \"a\"\r\n\r\n")
            }
        }
        try await rig.client { peer in
            for _ in 0..<2 {
                try await peer.send("\(method) / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n")
                #expect(try await peer.head().hasPrefix("HTTP/1.1 \(status) X\r\n"))
            }
        }
    }

    @Test func `HEAD keeps the length that GET would have`() async throws {
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        }
        let answer = try await rig.send(
            "HEAD / HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n")
        #expect(answer.contains("Content-Length: 1000\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test(arguments: [1, 1000, 70_000, 3_000_000])
    func `a request body arrives whole, with a length or in chunks`(size: Int) async throws {
        let rig = try await Rig { origin in
            let head = try await origin.head()
            var count = 0
            if head.contains("chunked") {
                while true {
                    let line = try await origin.read(through: "\r\n").dropLast(1)
                    guard let chunk = Int(line, radix: 16) else { throw StreamError.closed }
                    count += try await origin.read(chunk + 2).utf8.count - 2
                    if chunk == 0 { break }
                }
            } else {
                count = try await origin.read(size).utf8.count
            }
            try await origin.send(
                "HTTP/1.1 200 OK\r\nX-Count: \(count)\r\nContent-Length: 0\r\n\r\n")
        }
        let body = String(repeating: "x", count: size)
        let plain = try await rig.send(
            "POST / HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n\(body)"
        )
        #expect(plain.contains("X-Count: \(size)\r\n"))
        let chunked = try await rig.send(
            """
            POST / HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r
            \(String(size, radix: 16))\r\n\(body)\r\n0\r\n\r

            """)
        #expect(chunked.contains("X-Count: \(size)\r\n"))
    }

    @Test func `a client that waits for 100 gets the origin's`() async throws {
        let rig = try await Rig { origin in
            let head = try await origin.head()
            #expect(head.lowercased().contains("expect: 100-continue"))
            try await origin.send("HTTP/1.1 100 Continue\r\n\r\n")
            let body = try await origin.read(2)
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\(body)")
        }
        try await rig.client { peer in
            try await peer.send(
                "POST / HTTP/1.1\r\nHost: shop.example.com\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            )
            #expect(try await peer.head().hasPrefix("HTTP/1.1 100 "))
            try await peer.send("ok")
            #expect(try await peer.head().hasPrefix("HTTP/1.1 200 "))
            #expect(try await peer.read(2) == "ok")
        }
    }

    @Test func `an early answer to a body reaches the client, and ends the connection`()
        async throws
    {
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig")
            _ = try await origin.rest()
        }
        let answer = try await rig.client { peer in
            try await peer.send(
                "POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 100000000\r\n\r\nsome"
            )
            return try await peer.rest()
        }
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.hasSuffix("big"))
    }

    @Test func `a body that breaks the chunk grammar is 400 and never whole at the origin`()
        async throws
    {
        let whole = Counter()
        let rig = try await Rig { origin in
            _ = try await origin.head()
            if try await origin.rest().hasSuffix("0\r\n\r\n") { whole.next() }
        }
        let answer = try await rig.send(
            "POST / HTTP/1.1\r\nHost: shop.example.com\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloXX0\r\n\r\n"
        )
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(whole.value == 0)
    }

    @Test func `events pass one by one`() async throws {
        let confirmed = Counter()
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            for event in 1...3 {
                try await origin.send("9\r\ndata: \(event)\n\n\r\n")
                // The next one leaves only when the client has this one.
                while confirmed.value < event {
                    try await origin.socket.loop.sleep(for: .milliseconds(1))
                }
            }
            try await origin.send("0\r\n\r\n")
        }
        try await rig.client { peer in
            try await peer.send("GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n")
            _ = try await peer.head()
            for event in 1...3 {
                #expect(try await peer.read(through: "\n\n\r\n") == "9\r\ndata: \(event)\n\n\r\n")
                confirmed.next()
            }
        }
    }

    @Test func `an upgraded connection carries bytes both ways until both ends are done`()
        async throws
    {
        let rig = try await Rig { origin in
            let head = try await origin.head()
            #expect(head.contains("Connection: Upgrade\r\n"))
            #expect(head.contains("Upgrade: websocket\r\n"))
            try await origin.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi"
            )
            while true {
                let line = try await origin.read(through: "\n")
                guard !line.isEmpty else { return }
                try await origin.send(line.uppercased())
            }
        }
        try await rig.client { peer in
            try await peer.send(
                "GET / HTTP/1.1\r\nHost: shop.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            )
            let head = try await peer.head()
            #expect(head.hasPrefix("HTTP/1.1 101 "))
            #expect(head.contains("Upgrade: websocket\r\n"))
            #expect(try await peer.read(2) == "hi")
            for word in ["one\n", "two\n"] {
                try await peer.send(word)
                #expect(try await peer.read(4) == word.uppercased())
            }
            peer.socket.shutdownWrite()
            #expect(try await peer.rest() == "")
        }
    }
}
