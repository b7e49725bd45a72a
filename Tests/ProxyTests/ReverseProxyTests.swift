// SPDX-License-Identifier: Apache-2.0
import Networking
import Proxy
import Testing

@Suite struct ReverseProxyTests {
    @Test func `the origin sees the customer's host and what we know of the client`() async throws {
        let rig = try await Rig { origin in
            let head = try await origin.head()
            try await origin.send(
                "HTTP/1.1 200 OK\r\nContent-Length: \(head.utf8.count)\r\n\r\n\(head)")
        }
        let answer = try await rig.send(
            """
            GET /a?b HTTP/1.1\r
            Host: shop.example.com\r
            X-Forwarded-For: 9.9.9.9\r
            X-Request-Id: forged\r
            Keep-Alive: 5\r
            X-Mine: secret\r
            Connection: close, X-Mine\r
            Accept: */*\r
            \r

            """)
        #expect(answer.contains("GET /a?b HTTP/1.1\r\n"))
        #expect(answer.contains("Host: shop.example.com\r\n"))
        #expect(answer.contains("X-Forwarded-For: 127.0.0.1\r\n"))
        #expect(answer.contains("X-Forwarded-Proto: https\r\n"))
        #expect(answer.contains("X-Forwarded-Host: shop.example.com\r\n"))
        #expect(answer.contains("Accept: */*\r\n"))
        #expect(answer.contains(/X-Request-Id: [0-9a-f]{32}\r\n/))
        for dropped in ["9.9.9.9", "forged", "Keep-Alive", "X-Mine"] {
            #expect(!answer.contains(dropped))
        }
        #expect(answer.contains("Connection: close\r\n"))
        #expect(answer.contains("Date: "))
    }

    @Test func `a trusted proxy's word is kept, and its address added`() async throws {
        let rig = try await Rig(configure: { configuration in
            configuration.trustedProxies = TrustedProxies(
                ["127.0.0.0/8"].compactMap { AddressBlock($0) })
        }) { origin in
            let head = try await origin.head()
            try await origin.send(
                "HTTP/1.1 200 OK\r\nContent-Length: \(head.utf8.count)\r\n\r\n\(head)")
        }
        let answer = try await rig.send(
            """
            GET / HTTP/1.1\r
            Host: shop.example.com\r
            X-Forwarded-For: 9.9.9.9\r
            X-Forwarded-Proto: http\r
            X-Request-Id: theirs\r
            Connection: close\r
            \r

            """)
        #expect(answer.contains("X-Forwarded-For: 9.9.9.9, 127.0.0.1\r\n"))
        #expect(answer.contains("X-Forwarded-Proto: http\r\n"))
        #expect(answer.contains("X-Request-Id: theirs\r\n"))
    }

    @Test(arguments: [
        ("shop.example.com", 200), ("SHOP.example.com", 200), ("other.example.com", 421),
        ("shop.example.com:443", 200), ("127.0.0.1", 421),
    ])
    func `a connection asks for the names of its certificate only`(
        host: String, status: Int
    )
        async throws
    {
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let answer = try await rig.send(
            "GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test func `requests of one connection use one connection to the origin`() async throws {
        let connections = Counter()
        let rig = try await Rig { origin in
            connections.next()
            while try await !origin.head().isEmpty {
                try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        }
        try await rig.client { peer in
            for _ in 0..<5 {
                try await peer.send("GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n")
                #expect(try await peer.head().contains("Content-Length: 2"))
                #expect(try await peer.read(2) == "ok")
            }
        }
        #expect(connections.value == 1)
    }

    @Test func `pipelined requests are answered in order`() async throws {
        let rig = try await Rig { origin in
            while true {
                let head = try await origin.head()
                guard let target = head.split(separator: " ").dropFirst().first else { return }
                try await origin.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(target.utf8.count)\r\n\r\n\(target)")
            }
        }
        let answer = try await rig.send(
            """
            GET /one HTTP/1.1\r\nHost: shop.example.com\r\n\r
            GET /two HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r

            """)
        #expect(answer.contains(/\/one.*\/two/.dotMatchesNewlines()))
    }

    @Test func `a kept connection that proves dead is replaced when sending twice does no harm`()
        async throws
    {
        let connections = Counter()
        let rig = try await Rig { origin in
            connections.next()
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            // Takes the second request and closes without a word of an answer.
            _ = try await origin.read(through: "\r\n")
        }
        try await rig.client { peer in
            for _ in 0..<3 {
                try await peer.send("GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n")
                #expect(try await peer.head().hasPrefix("HTTP/1.1 200"))
                #expect(try await peer.read(2) == "ok")
            }
        }
        #expect(connections.value == 3)
    }

    @Test func `a lost POST is answered 502 and not sent twice`() async throws {
        let requests = Counter()
        let rig = try await Rig { origin in
            _ = try await origin.head()
            requests.next()
        }
        let answer = try await rig.send(
            "POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 2\r\n\r\nhi")
        #expect(answer.hasPrefix("HTTP/1.1 502 "))
        #expect(answer.contains("X-Request-Id: "))
        #expect(requests.value == 1)
    }

    @Test func `an origin that does not answer in time is a 504`() async throws {
        let rig = try await Rig(configure: { $0.responseTimeout = .milliseconds(50) }) { origin in
            _ = try await origin.rest()
        }
        let answer = try await rig.send(
            "GET / HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 504 "))
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example\r\nHost: a.example\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\nHost: a.example\n\n",
        "GET / HTTP/1.1\r\nHost : a.example\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example\r\n folded\r\n\r\n",
    ])
    func `what can be read in two ways is 400 and reaches no origin`(request: String) async throws {
        let reached = Counter()
        let rig = try await Rig { _ in reached.next() }
        let answer = try await rig.send(request)
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(reached.value == 0)
    }

    @Test func `each request is recorded with its answer`() async throws {
        let rig = try await Rig { origin in
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        }
        _ = try await rig.send(
            "GET /x HTTP/1.1\r\nHost: shop.example.com\r\nConnection: close\r\n\r\n")
        let record = try #require(rig.observer.records.first)
        #expect(record.status == 404)
        #expect(record.target == "/x")
        #expect(record.host == "shop.example.com")
    }
}
