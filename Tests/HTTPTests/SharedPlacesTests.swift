// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing

@testable import HTTP
@testable import Networking

@Suite struct SharedPlacesTests {
    /// How many places each holder has when none gets another.
    private static func filled(_ count: Int, by holders: Int) -> [Int] {
        var places = SharedPlaces<Int>(count)
        var held = [Int](repeating: 0, count: holders)
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            for holder in 0..<holders where places.take(for: holder) {
                held[holder] += 1
                isGrowing = true
            }
        }
        return held
    }

    @Test func `one holder gets three eighths, two a quarter each`() {
        #expect(Self.filled(128, by: 1) == [48])
        #expect(Self.filled(16, by: 2) == [4, 4])
        #expect(Self.filled(1, by: 2) == [1, 0])
        #expect(Self.filled(16, by: 16) == [Int](repeating: 1, count: 16))
    }

    @Test(arguments: [1, 4, 16, 128, 512])
    func `a quarter as many holders as places find one, though each takes all that it can`(
        count: Int
    ) {
        var places = SharedPlaces<Int>(count)
        var holders = 0
        while places.take(for: holders) {
            while places.take(for: holders) {}
            holders += 1
        }
        #expect(holders >= max(count / 4, 1))
    }

    @Test func `a place that is given back is another's`() {
        var places = SharedPlaces<String>(2)
        let first = [places.take(for: "a"), places.take(for: "a")]
        let others = [places.take(for: "b"), places.take(for: "c")]
        places.leave("a")
        places.leave("nobody")
        let last = [places.take(for: "c"), places.take(for: "d")]
        #expect([first, others, last] == [[true, false], [true, false], [true, false]])
    }

    @Test func `connections of one network leave room for those of others`() async throws {
        let loop = try EventLoop(name: "sharing")
        defer { loop.shutdown() }
        let taken = await loop.run {
            let set = ConnectionSet(sharing: 8)
            func add(_ address: String) -> ConnectionSet.Member? {
                let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                guard let remote = SocketAddress(address),
                    let socket = try? TCPSocket(number, remoteAddress: remote, on: loop)
                else { return nil }
                return set.add(Transport(socket))
            }
            let first = (1...6).map { add("[2001:db8::\($0)]:443") }
            let other = add("[2001:db8:0:1::1]:443")
            if let member = first[0] { set.finish(member) }
            let again = add("[2001:db8::7]:443")
            return (first.compactMap { $0 }.count, other != nil, again != nil)
        }
        #expect(taken == (3, true, true))
    }
}
