// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import Testing

@Suite struct HeadFloodTests {
    @Test(arguments: [
        // Fields without end; more fields than are taken; one that is too long.
        (Int.max, 10), (HTTP1Limits().fields + 1, 10), (1, HTTP1Limits().headBytes),
    ])
    func `an origin that floods us with fields costs its request a 502 and nothing else`(
        count: Int, size: Int
    ) async throws {
        let requests = Counter()
        let rig = try await Rig { origin in
            while try await !origin.head().isEmpty {
                guard requests.next() == 1 else {
                    try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    continue
                }
                let field = "X-Flood: \(String(repeating: "x", count: size))\r\n"
                try await origin.send("HTTP/1.1 200 OK\r\n")
                var sent = 0
                while sent < count {
                    try await origin.send(field)
                    sent += 1
                }
                try await origin.send("\r\n")
            }
        }
        try await rig.client { peer in
            let request = "POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 0\r\n\r\n"
            try await peer.send(request)
            let head = try await peer.head()
            #expect(head.hasPrefix("HTTP/1.1 502 "))
            #expect(!head.contains("X-Flood"))
            let length = try #require(head.firstMatch(of: /Content-Length: (\d+)/)?.1)
            _ = try await peer.read(try #require(Int(length)))
            try await peer.send(request)
            #expect(try await peer.head().hasPrefix("HTTP/1.1 200 "))
            #expect(try await peer.read(2) == "ok")
        }
    }
}
