// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A UDP socket on one loop: connected to one peer, or bound and open to all.
package final class UDPSocket {
    private let io: Descriptor

    private init(_ number: CInt, on loop: EventLoop) throws(SystemError) {
        io = try Descriptor(number, on: loop)
    }

    /// A socket that only `address` reaches, from a source port that the kernel picks at random.
    package static func connect(
        to address: SocketAddress, on loop: EventLoop
    ) throws(SystemError) -> UDPSocket {
        let number = socket(
            address.family, CInt(SOCK_DGRAM.rawValue) | SOCK_NONBLOCK_FLAG | SOCK_CLOEXEC_FLAG, 0)
        guard number >= 0 else { throw .last("open a socket") }
        guard address.withSockAddr({ Glibc.connect(number, $0, $1) }) == 0 else {
            let error = SystemError.last("connect to \(address)")
            Glibc.close(number)
            throw error
        }
        return try UDPSocket(number, on: loop)
    }

    /// A socket that anyone may send to; port 0 lets the kernel choose.
    package static func bind(
        to address: SocketAddress, on loop: EventLoop
    ) throws(SystemError) -> UDPSocket {
        let number = try boundSocket(address, type: CInt(SOCK_DGRAM.rawValue), reusePort: false)
        return try UDPSocket(number, on: loop)
    }

    package var localAddress: SocketAddress? { boundAddress(of: io.number) }

    /// Bounds every wait on this socket; nil waits without end.
    package var deadline: Instant? {
        get { io.deadline }
        set { io.deadline = newValue }
    }

    /// Sends one datagram to the connected peer. A full socket buffer loses it, as the network may.
    package func send(_ bytes: [UInt8]) throws(StreamError) {
        let count = Glibc.send(io.number, bytes, bytes.count, CInt(MSG_NOSIGNAL))
        try checkSent(count)
    }

    /// Sends one datagram to `address` from a bound socket.
    package func send(_ bytes: [UInt8], to address: SocketAddress) throws(StreamError) {
        let count = address.withSockAddr {
            sendto(io.number, bytes, bytes.count, CInt(MSG_NOSIGNAL), $0, $1)
        }
        try checkSent(count)
    }

    /// Waits for one datagram of up to `max` bytes; a longer one is cut.
    package func receive(max: Int) async throws(StreamError) -> [UInt8] {
        try await receiveFrom(max: max).bytes
    }

    /// The same, and who sent it.
    package func receiveFrom(
        max: Int
    ) async throws(StreamError) -> (bytes: [UInt8], source: SocketAddress) {
        while true {
            if let datagram = try receiveNow(max: max) { return datagram }
            io.readBlocked()
            try await io.waitReadable()
        }
    }

    /// Closes; who waits on it gets `closed`.
    package func close() { io.close() }

    private func receiveNow(
        max: Int
    ) throws(StreamError) -> (bytes: [UInt8], source: SocketAddress)? {
        guard io.isOpen else { throw .closed }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max) { room, filled in
            count = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(io.number, room.baseAddress, max, 0, $0, &length)
                }
            }
            filled = Swift.max(count, 0)
        }
        if count < 0 {
            guard errno == EAGAIN || errno == EINTR else {
                throw StreamError(code: errno, operation: "receive a datagram")
            }
            return nil
        }
        guard let source = SocketAddress(storage) else { return nil }
        return (bytes, source)
    }

    private func checkSent(_ count: Int) throws(StreamError) {
        guard count < 0, errno != EAGAIN, errno != EINTR else { return }
        throw StreamError(code: errno, operation: "send a datagram")
    }
}
