// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Answers DNS queries on a UDP and a TCP port of the same number. On one loop.
package final class Responder {
    /// Where it answers, with the port the kernel chose when 0 was asked for.
    package let address: SocketAddress
    private let loop: EventLoop
    private let answer: Answering
    private let udp: UDPSocket
    private let tcp: TCPListener
    private var connections = ConnectionCount()

    /// The messages to send back for the bytes of a query, and who sent it: one, none, or several.
    package typealias Answering = @Sendable ([UInt8], DNSTransport, SocketAddress) -> [[UInt8]]

    /// Binds both ports and begins to answer. On the loop.
    package init(
        at address: SocketAddress, on loop: EventLoop, answer: @escaping Answering
    ) throws(SystemError) {
        self.loop = loop
        self.answer = answer
        var connected: (TCPSocket) -> Void = { $0.close() }
        (udp, tcp) = try Self.bind(address, on: loop) { connected($0) }
        self.address = tcp.localAddress
        connected = { [weak self] in self?.accepted($0) }
        let bound = LoopBound(udp, on: loop)
        loop.spawn { await Self.serve(bound.value, answer) }
    }

    /// Both sockets on one port. One that the kernel chose for TCP may be taken for UDP: then it
    /// chooses again.
    private static func bind(
        _ address: SocketAddress, on loop: EventLoop, accept: @escaping (TCPSocket) -> Void
    ) throws(SystemError) -> (UDPSocket, TCPListener) {
        var tries = address.port == 0 ? 16 : 1
        while true {
            let tcp = try TCPListener(address: address, on: loop, accept: accept)
            do {
                return (try UDPSocket.bind(to: tcp.localAddress, on: loop), tcp)
            } catch {
                tcp.close()
                tries -= 1
                if tries == 0 { throw error }
            }
        }
    }

    /// Stops answering. On the loop.
    package func close() {
        udp.close()
        tcp.close()
    }

    private static func serve(_ socket: UDPSocket, _ answer: Answering) async {
        var queries = 0
        while true {
            // Who asks faster than is answered would never let go of the loop.
            queries += 1
            if queries.isMultiple(of: queriesPerTurn) { await Task.yield() }
            do {
                let query = try await socket.receiveFrom(max: queryBytesMax)
                for response in answer(query.bytes, .udp, query.source) {
                    try socket.send(response, to: query.source)
                }
            } catch .closed {
                return
            } catch {
                // A peer that is gone shows as an error of the next call: nothing to stop for.
            }
        }
    }

    private func accepted(_ socket: TCPSocket) {
        let source = socket.remoteAddress.ip
        guard connections.add(source) else { return socket.close() }
        let bound = LoopBound((self, socket), on: loop)
        loop.spawn {
            let (responder, socket) = bound.value
            await Self.serve(socket, responder.answer)
            socket.close()
            responder.connections.remove(source)
        }
    }

    private static func serve(_ socket: TCPSocket, _ answer: Answering) async {
        var input = ByteBuffer()
        var output = ByteBuffer()
        for count in 1...queriesPerConnection {
            socket.deadline = .now + (count == 1 ? patience : idlePatience)
            guard let query = try? await socket.receiveMessage(&input) else { return }
            for response in answer(query, .tcp, socket.remoteAddress) {
                output.append([UInt8(response.count >> 8), UInt8(response.count & 0xff)])
                output.append(response)
            }
            guard (try? await socket.send(&output)) != nil else { return }
            if count.isMultiple(of: queriesPerTurn) { await Task.yield() }
        }
    }

    /// Of a datagram: a question, and what EDNS may add. A longer one is cut, and malformed then.
    private static let queryBytesMax = 4096
    /// Queries of one socket that are answered before others get their turn.
    private static let queriesPerTurn = 32
    /// Then the connection is closed (RFC 7766 §6.2.3 lets a server do that at any time).
    package static let queriesPerConnection = 1000
    private static let patience = Duration.seconds(10)
    /// For each further query of a connection.
    private static let idlePatience = Duration.seconds(2)
}

/// TCP connections that are open, by who opened them.
package struct ConnectionCount: Sendable {
    /// In all.
    package static let max = 256
    /// Of one address.
    package static let perSourceMax = 16

    private var sources: [IPAddress: Int] = [:]
    private var count = 0

    package init() {}

    /// False, and nothing is counted, where there are too many.
    package mutating func add(_ source: IPAddress) -> Bool {
        guard count < Self.max, sources[source, default: 0] < Self.perSourceMax else {
            return false
        }
        count += 1
        sources[source, default: 0] += 1
        return true
    }

    package mutating func remove(_ source: IPAddress) {
        guard let own = sources[source] else { return }
        count -= 1
        sources[source] = own > 1 ? own - 1 : nil
    }
}
