// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@Suite struct TCPSocketTests {
    let loop: EventLoop
    let loopback = SocketAddress(ip: .v4(0x7f00_0001), port: 0)

    init() throws {
        loop = try EventLoop(name: "test")
    }

    /// Runs `body` as a task on the loop and hands its answer out.
    func onLoop<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            loop.spawn {
                do { continuation.resume(returning: try await body()) } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// Listens with a handler for each connection, run as a task on the loop.
    func listen(
        _ serve: @escaping @Sendable (TCPSocket) async -> Void
    ) async throws
        -> SocketAddress
    {
        let loop = loop
        let loopback = loopback
        return try await onLoop {
            let listener = try TCPListener(address: loopback, on: loop) { socket in
                let bound = LoopBound(socket, on: loop)
                loop.spawn { await serve(bound.value) }
            }
            await keep(listener, on: loop)
            return listener.localAddress
        }
    }

    @Test func `what one end writes the other reads, in any amounts`() async throws {
        let address = try await listen { socket in
            var buffer = ByteBuffer()
            while let count = try? await socket.receive(into: &buffer), count > 0 {
                try? await socket.send(&buffer)
            }
            socket.close()
        }
        let loop = loop
        let echoed = try await onLoop {
            let socket = try await TCPSocket.connect(to: address, on: loop, timeout: .seconds(5))
            let payload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let writer = LoopBound(socket, on: loop)
            loop.spawn {
                var out = ByteBuffer()
                out.append(payload)
                try? await writer.value.send(&out)
                writer.value.shutdownWrite()
            }
            var back = ByteBuffer()
            while try await socket.receive(into: &back) > 0 {}
            socket.close()
            return back.withReadable { span in
                span.count == payload.count
                    && payload.indices.allSatisfy { span[$0] == payload[$0] }
            }
        }
        #expect(echoed)
    }

    @Test func `a connection can be handed over together with its first bytes`() async throws {
        let loop = loop
        let loopback = loopback
        let first = try await onLoop { () async throws -> String in
            let heard = LoopSignal()
            let words = LoopBound(Words(), on: loop)
            let listener = try TCPListener(
                address: loopback, handover: .whenReadable, on: loop
            ) { socket in
                var buffer = ByteBuffer()
                _ = try? socket.readNow(into: &buffer, max: 100)
                words.value.text = String(decoding: buffer.take(100), as: UTF8.self)
                socket.close()
                heard.give()
            }
            defer { listener.close() }
            let client = try await TCPSocket.connect(
                to: listener.localAddress, on: loop, timeout: .seconds(5))
            defer { client.close() }
            var hello = ByteBuffer()
            hello.append("hello")
            try await client.send(&hello)
            await heard.wait()
            return words.value.text
        }
        #expect(first == "hello")
    }

    @Test func `a wait ends at its deadline`() async throws {
        let address = try await listen { socket in
            var buffer = ByteBuffer()
            _ = try? await socket.receive(into: &buffer)
        }
        let loop = loop
        let error = try await onLoop { () async throws -> StreamError? in
            let socket = try await TCPSocket.connect(to: address, on: loop, timeout: .seconds(5))
            defer { socket.close() }
            socket.deadline = .now + .milliseconds(10)
            var buffer = ByteBuffer()
            do {
                _ = try await socket.receive(into: &buffer)
                return nil
            } catch { return error as? StreamError }
        }
        #expect(error == .timedOut)
    }

    @Test func `a deadline moved away in time does not end the wait`() async throws {
        let address = try await listen { socket in
            try? await socket.loop.sleep(for: .milliseconds(60))
            var buffer = ByteBuffer()
            buffer.append("late")
            try? await socket.send(&buffer)
            socket.close()
        }
        let loop = loop
        let count = try await onLoop {
            let socket = try await TCPSocket.connect(to: address, on: loop, timeout: .seconds(5))
            defer { socket.close() }
            let shared = LoopBound(socket, on: loop)
            socket.deadline = .now + .milliseconds(20)
            loop.execute { shared.value.deadline = .now + .seconds(60) }
            var buffer = ByteBuffer()
            return try await socket.receive(into: &buffer)
        }
        #expect(count == 4)
    }

    @Test func `a closed socket neither reads nor writes under a number that is another's by then`()
        async throws
    {
        let address = try await listen { socket in
            var buffer = ByteBuffer()
            while let count = try? await socket.receive(into: &buffer), count > 0 {
                try? await socket.send(&buffer)
            }
            socket.close()
        }
        let loop = loop
        let heard = try await onLoop {
            // Other tests take numbers, too: until the next socket here has the one that was let go.
            var others: [TCPSocket] = []
            var pair: (old: TCPSocket, new: TCPSocket)?
            while pair == nil, others.count < 1000 {
                let old = try await TCPSocket.connect(to: address, on: loop, timeout: .seconds(5))
                let number = old.descriptor
                old.close()
                let new = try await TCPSocket.connect(to: address, on: loop, timeout: .seconds(5))
                others.append(new)
                if new.descriptor == number { pair = (old, new) }
            }
            let (old, new) = try #require(pair)
            var output = ByteBuffer()
            output.append("another's")
            await #expect(throws: StreamError.self) { try await old.send(&output) }
            output.clear()
            output.append("own")
            try await new.send(&output)
            var input = ByteBuffer()
            while input.readableCount < 3 { _ = try await new.receive(into: &input) }
            await #expect(throws: StreamError.self) {
                var stolen = ByteBuffer()
                _ = try await old.receive(into: &stolen)
            }
            for other in others { other.close() }
            return input.take(input.readableCount)
        }
        #expect(String(decoding: heard, as: UTF8.self) == "own")
    }

    @Test func `closing wakes who waits`() async throws {
        let address = try await listen { socket in
            var buffer = ByteBuffer()
            _ = try? await socket.receive(into: &buffer)
        }
        let loop = loop
        let error = try await onLoop { () async throws -> StreamError? in
            let socket = try await TCPSocket.connect(to: address, on: loop, timeout: .seconds(5))
            let shared = LoopBound(socket, on: loop)
            loop.execute { shared.value.close() }
            var buffer = ByteBuffer()
            do {
                _ = try await socket.receive(into: &buffer)
                return nil
            } catch { return error as? StreamError }
        }
        #expect(error == .closed)
    }

    @Test func `a peer that leaves is noticed while nothing reads`() async throws {
        let address = try await listen { socket in
            try? await socket.loop.sleep(for: .milliseconds(5))
            socket.close()
        }
        let loop = loop
        let noticed = try await onLoop {
            let socket = try await TCPSocket.connect(to: address, on: loop, timeout: .seconds(5))
            defer { socket.close() }
            return await withCheckedContinuation { continuation in
                socket.onHangup = { continuation.resume(returning: true) }
            }
        }
        #expect(noticed)
    }

    @Test func `a closed port refuses with a sentence`() async throws {
        let loop = loop
        let loopback = loopback
        let text = try await onLoop { () -> String in
            let listener = try TCPListener(address: loopback, on: loop) { _ in }
            let address = listener.localAddress
            listener.close()
            do {
                _ = try await TCPSocket.connect(to: address, on: loop, timeout: .seconds(5))
                return ""
            } catch { return "\(error)" }
        }
        #expect(text.hasPrefix("connect to 127.0.0.1:"))
        #expect(text.hasSuffix("Connection refused"))
    }

    @Test func `datagrams go out and come back with their sender`() async throws {
        let loop = loop
        let loopback = loopback
        let answer = try await onLoop {
            let server = try UDPSocket.bind(to: loopback, on: loop)
            let address = try #require(server.localAddress)
            let bound = LoopBound(server, on: loop)
            loop.spawn {
                guard let (bytes, source) = try? await bound.value.receiveFrom(max: 100) else {
                    return
                }
                try? bound.value.send(bytes.reversed(), to: source)
            }
            let client = try UDPSocket.connect(to: address, on: loop)
            client.deadline = .now + .seconds(5)
            try client.send([1, 2, 3])
            return try await client.receive(max: 100)
        }
        #expect(answer == [3, 2, 1])
    }

    @Test(arguments: [
        ("127.0.0.1:53", "127.0.0.1:53"), ("[::1]:443", "[::1]:443"),
        ("[2001:DB8::1]:1", "[2001:db8::1]:1"),
    ])
    func `an address reads back as it is written`(text: String, canonical: String) {
        #expect(SocketAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:53", "[127.0.0.1]:1", "a:1",
        "127.0.0.1:+1",
    ])
    func `what is no numeric address and port is refused`(text: String) {
        #expect(SocketAddress(text) == nil)
    }
}

/// What a test heard.
final class Words {
    var text = ""
}

/// Keeps an object alive for the rest of the test run.
func keep(_ object: AnyObject, on loop: EventLoop) async {
    let bound = LoopBound(object, on: loop)
    loop.spawn {
        try? await loop.sleep(for: .seconds(600))
        _ = bound.value
    }
}
