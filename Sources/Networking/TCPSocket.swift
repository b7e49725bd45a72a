// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A TCP connection, non-blocking, on one loop from birth to `close`.
package final class TCPSocket {
    /// The peer; an IPv4 peer of an IPv6 listener is named by its IPv4 address.
    package let remoteAddress: SocketAddress
    private let io: Descriptor

    /// What a try to move bytes came to.
    package enum Outcome: Equatable {
        case bytes(Int)
        /// The peer has sent its last byte.
        case end
        /// Nothing now: wait, then try again.
        case blocked
    }

    /// Takes over `number`: non-blocking, and without delay (`setNoDelay`).
    init(_ number: CInt, remoteAddress: SocketAddress, on loop: EventLoop) throws(SystemError) {
        self.remoteAddress = SocketAddress(
            ip: remoteAddress.ip.unmapped, port: remoteAddress.port)
        io = try Descriptor(number, on: loop)
    }

    /// Opens a connection. Throws `timedOut` after `timeout`. On the loop only.
    package static func connect(
        to address: SocketAddress, on loop: EventLoop, timeout: Duration
    ) async throws(StreamError) -> TCPSocket {
        let number = socket(
            address.family, CInt(SOCK_STREAM.rawValue) | SOCK_NONBLOCK_FLAG | SOCK_CLOEXEC_FLAG, 0)
        guard number >= 0 else { throw .system(.last("open a socket")) }
        setNoDelay(number)
        let started = address.withSockAddr { Glibc.connect(number, $0, $1) }
        guard started == 0 || errno == EINPROGRESS else {
            let code = errno
            Glibc.close(number)
            throw StreamError(code: code, operation: "connect to \(address)")
        }
        let socket: TCPSocket
        do { socket = try TCPSocket(number, remoteAddress: address, on: loop) } catch {
            throw .system(error)
        }
        do {
            try await socket.finishConnecting(timeout: timeout)
            return socket
        } catch {
            socket.close()
            throw error
        }
    }

    /// The loop it lives on.
    package var loop: EventLoop { io.loop }

    /// For libssl, which makes the system calls of a TLS connection itself.
    package var descriptor: CInt { io.number }

    package var isOpen: Bool { io.isOpen }

    /// Our end. Costs a system call.
    package var localAddress: SocketAddress? { io.isOpen ? boundAddress(of: io.number) : nil }

    /// Bounds every wait on this socket; nil waits without end.
    package var deadline: Instant? {
        get { io.deadline }
        set { io.deadline = newValue }
    }

    /// Called once when the peer closes or resets, whoever reads: how a task that waits for
    /// something else learns that nobody is left to wait for it.
    package var onHangup: (() -> Void)? {
        get { io.onHangup }
        set { io.onHangup = newValue }
    }

    /// Reads what is there, up to `room.count`.
    package func read(into room: UnsafeMutableRawBufferPointer) throws(StreamError) -> Outcome {
        guard io.mayRead else { return .blocked }
        let count = recv(io.number, room.baseAddress, room.count, 0)
        if count > 0 {
            if count < room.count { io.readDrained() }
            return .bytes(count)
        }
        if count == 0 { return .end }
        guard errno == EAGAIN || errno == EINTR else {
            throw StreamError(code: errno, operation: "read from \(remoteAddress)")
        }
        if errno == EAGAIN { io.readBlocked() }
        return .blocked
    }

    /// Looks at what is there, up to `room.count`, and leaves it there.
    func peek(into room: UnsafeMutableRawBufferPointer) throws(StreamError) -> Outcome {
        guard io.isOpen else { throw .closed }
        let count = recv(io.number, room.baseAddress, room.count, CInt(MSG_PEEK))
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        guard errno == EAGAIN || errno == EINTR else {
            throw StreamError(code: errno, operation: "read from \(remoteAddress)")
        }
        return .blocked
    }

    /// Writes what the kernel takes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) -> Outcome {
        guard io.mayWrite else { return .blocked }
        let count = Glibc.send(io.number, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
        if count >= 0 { return .bytes(count) }
        guard errno == EAGAIN || errno == EINTR else {
            throw StreamError(code: errno, operation: "write to \(remoteAddress)")
        }
        if errno == EAGAIN { io.writeBlocked() }
        return .blocked
    }

    /// Whether a read may find something: false only when the kernel has said that it would not.
    package var mayRead: Bool { io.mayRead }

    /// To be told when somebody else's read on the descriptor (libssl's) answered EAGAIN.
    package func readBlocked() { io.readBlocked() }

    /// To be told when such a read took all that there was.
    package func readDrained() { io.readDrained() }

    /// To be told when somebody else's write answered EAGAIN.
    package func writeBlocked() { io.writeBlocked() }

    /// Suspends until the kernel reports more to read, an end or an error.
    package func waitReadable() async throws(StreamError) { try await io.waitReadable() }

    /// Suspends until the kernel takes more.
    package func waitWritable() async throws(StreamError) { try await io.waitWritable() }

    /// Waits without a task: calls `body` on the loop, once, when there may be something to read, or with
    /// why there will not be. The deadline holds.
    package func whenReadable(_ body: @escaping (StreamError?) -> Void) {
        io.whenReadable(body)
    }

    /// The same when the kernel takes more.
    package func whenWritable(_ body: @escaping (StreamError?) -> Void) {
        io.whenWritable(body)
    }

    /// Ends the wait of a task that waits to read, with `closed`; the socket stays open.
    package func interruptRead() { io.interruptRead() }

    /// Whether the peer is known to have ended or reset the connection: asks the kernel.
    package var hasEnded: Bool {
        guard io.isOpen else { return true }
        var byte: UInt8 = 0
        let count = recv(io.number, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT))
        return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)
    }

    /// Sends FIN: nothing more will be written; reading goes on.
    package func shutdownWrite() {
        guard io.isOpen else { return }
        _ = shutdown(io.number, CInt(SHUT_WR))
    }

    /// Closes; who waits on it gets `closed`. Does nothing the second time.
    package func close() { io.close() }

    /// Closes with RST, so that the peer cannot take what it got for a whole message.
    package func reset() {
        guard io.isOpen else { return }
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            io.number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger))
        )
        io.close()
    }

    private func finishConnecting(timeout: Duration) async throws(StreamError) {
        io.deadline = .now + timeout
        io.writeBlocked()
        try await io.waitWritable()
        io.deadline = nil
        var code: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(io.number, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else {
            throw StreamError(code: code, operation: "connect to \(remoteAddress)")
        }
    }
}

let SOCK_NONBLOCK_FLAG = CInt(SOCK_NONBLOCK.rawValue)
let SOCK_CLOEXEC_FLAG = CInt(SOCK_CLOEXEC.rawValue)

/// Heads and small bodies leave in one write; waiting for more only adds a delay.
func setNoDelay(_ number: CInt) {
    setOption(number, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
}

/// Sets a socket option that only tunes: a kernel without it serves all the same.
func setOption(_ number: CInt, _ level: CInt, _ option: CInt, _ value: CInt) {
    var value = value
    setsockopt(number, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
}
