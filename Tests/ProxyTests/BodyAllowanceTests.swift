// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

@testable import Proxy

@Suite struct BodyAllowanceTests {
    @Test func `a length is judged at once, other framings are not`() {
        let allowance = BodyAllowance(10)
        #expect(allowance.admits(.length(10), whole: 10))
        #expect(!allowance.admits(.length(11), whole: nil))
        #expect(!allowance.admits(.length(.max), whole: nil))
        #expect(allowance.admits(.none, whole: 0))
        #expect(allowance.admits(.chunked, whole: nil))
        #expect(BodyAllowance(nil).admits(.length(.max), whole: nil))
    }

    @Test func `a body without a length that is there already is judged at once too`() {
        #expect(BodyAllowance(10).admits(.chunked, whole: 10))
        #expect(!BodyAllowance(10).admits(.chunked, whole: 11))
        #expect(BodyAllowance(nil).admits(.chunked, whole: .max))
    }

    @Test(arguments: [[10], [3, 7], [0, 10, 0], Array(repeating: 1, count: 10)])
    func `what arrives in pieces may be as long as the bound, and no byte more`(pieces: [Int]) {
        #expect(!taken(pieces, of: 10).contains(false))
        #expect(taken(pieces + [0], of: 10).last == true)
        #expect(taken(pieces + [1], of: 10).last == false)
    }

    @Test func `once it was too much it stays so`() {
        #expect(taken([11, 1, 0], of: 10) == [false, false, true])
        #expect(taken([0, 1], of: 0) == [true, false])
        #expect(taken([.max, .max], of: nil) == [true, true])
    }

    private func taken(_ pieces: [Int], of most: UInt64?) -> [Bool] {
        var allowance = BodyAllowance(most)
        return pieces.map { allowance.take($0) }
    }

    @Test func `a request that announces too much is 413 and reaches no origin`() async throws {
        let reached = Counter()
        let rig = try await Rig(configure: { $0.maxBody = 4 }) { origin in
            reached.next()
            _ = try await origin.head()
            _ = try await origin.read(4)
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let refused = try await rig.send(
            "POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 5\r\n\r\nabcde")
        #expect(refused.hasPrefix("HTTP/1.1 413 "))
        #expect(refused.contains("Connection: close\r\n"))
        #expect(reached.value == 0)
        let taken = try await rig.send(
            """
            POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 4\r
            Connection: close\r\n\r\nabcd
            """)
        #expect(taken.hasPrefix("HTTP/1.1 200 "))
        #expect(reached.value == 1)
    }

    @Test func `a body without a length is 413 as soon as it is too long`() async throws {
        let whole = Counter()
        let rig = try await Rig(configure: { $0.maxBody = 4 }) { origin in
            _ = try await origin.head()
            // A body that ends before its last chunk is no whole one.
            if try await origin.rest().hasSuffix("0\r\n\r\n") { whole.next() }
        }
        let refused = try await rig.send(
            """
            POST / HTTP/1.1\r\nHost: shop.example.com\r\nTransfer-Encoding: chunked\r\n\r
            3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n
            """)
        #expect(refused.hasPrefix("HTTP/1.1 413 "))
        #expect(refused.contains("Connection: close\r\n"))
        #expect(whole.value == 0)
    }

    @Test func `a body without a length may be as long as the bound`() async throws {
        let rig = try await Rig(configure: { $0.maxBody = 4 }) { origin in
            _ = try await origin.head()
            _ = try await origin.read(through: "0\r\n\r\n")
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        let answer = try await rig.send(
            """
            POST / HTTP/1.1\r\nHost: shop.example.com\r\nTransfer-Encoding: chunked\r
            Connection: close\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n
            """)
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }
}
