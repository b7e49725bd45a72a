// SPDX-License-Identifier: Apache-2.0
import Networking
import Synchronization
import Testing

@testable import DNS

/// A port that anybody may send to.
@Suite struct ResponderTests {
    private func responder(
        on loop: EventLoop, _ answer: @escaping Responder.Answering = { bytes, _, _ in [bytes] }
    ) async throws -> (LoopBound<Responder>, SocketAddress) {
        try await loop.run {
            Result { () throws(SystemError) in
                let responder = try Responder(
                    at: SocketAddress(ip: .v4(0x7f00_0001), port: 0), on: loop, answer: answer)
                return (LoopBound(responder, on: loop), responder.address)
            }
        }.get()
    }

    @Test func `datagrams without end leave the loop to others, too`() async throws {
        let loop = try EventLoop(name: "zone")
        let asking = try EventLoop(name: "asking")
        defer { for loop in [loop, asking] { loop.shutdown() } }
        // Each answer is a question again: there is always one more datagram.
        let answered = Mutex(0)
        let isOver = Mutex(false)
        let target = Mutex<LoopBound<UDPSocket>?>(nil)
        let (responder, address) = try await responder(on: loop) { bytes, _, _ in
            answered.withLock { $0 += 1 }
            if !isOver.withLock(\.self), let socket = target.withLock(\.self)?.value {
                try? socket.send(bytes)
            }
            return []
        }
        try await loop.run {
            Result { () throws(SystemError) in
                let socket = LoopBound(try UDPSocket.connect(to: address, on: loop), on: loop)
                target.withLock { $0 = socket }
                try? socket.value.send([1, 2, 3])
            }
        }.get()
        // Neither of these came to its turn before.
        for _ in 0..<10 { await loop.run {} }
        try await loop.sleep(for: .milliseconds(1))
        #expect(answered.withLock(\.self) > 32)
        isOver.withLock { $0 = true }
        await loop.run {
            responder.value.close()
            target.withLock(\.self)?.value.close()
        }
    }

    @Test func `a connection has so many queries, then it is closed`() async throws {
        let loop = try EventLoop(name: "zone")
        defer { loop.shutdown() }
        let (responder, address) = try await responder(on: loop)
        let answers = await loop.call {
            guard
                let socket = try? await TCPSocket.connect(
                    to: address, on: loop, timeout: .seconds(10))
            else { return 0 }
            socket.deadline = .now + .seconds(20)
            var output = ByteBuffer()
            for _ in 0...Responder.queriesPerConnection { output.append([0, 2, 7, 7]) }
            guard (try? await socket.send(&output)) != nil else { return 0 }
            var input = ByteBuffer()
            var answers = 0
            while (try? await socket.receiveMessage(&input)) != nil { answers += 1 }
            socket.close()
            return answers
        }
        #expect(answers == Responder.queriesPerConnection)
        await loop.run { responder.value.close() }
    }

    @Test func `an address has so many connections, and others have theirs`() {
        var count = ConnectionCount()
        let one = IPAddress.v4(1)
        let own = (0..<100).map { _ in count.add(one) }
        #expect(own.count { $0 } == ConnectionCount.perSourceMax)
        var others = 0
        while count.add(.v4(UInt32(2 + others / ConnectionCount.perSourceMax))) { others += 1 }
        #expect(others + ConnectionCount.perSourceMax == ConnectionCount.max)
        // One that leaves makes room for one; who was not there makes none.
        count.remove(one)
        count.remove(.v4(8_888))
        let added = (0..<2).map { _ in count.add(.v4(9_999)) }
        #expect(added == [true, false])
    }
}
