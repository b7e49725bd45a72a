// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A listening socket of one loop. Several loops listen on one address (`SO_REUSEPORT`): the kernel
/// spreads connections over them.
package final class TCPListener: EpollHandler {
    /// Where it listens, with the port the kernel chose when 0 was asked for.
    package let localAddress: SocketAddress
    private let number: CInt
    private let loop: EventLoop
    private let accepted: (TCPSocket) -> Void
    private var pause: Timer?
    private var isOpen = true

    /// When a connection is handed over.
    package enum Handover {
        /// As soon as it is open.
        case whenOpen
        /// When its first bytes are there, which the client of TLS and HTTP sends unasked: one wake-up
        /// for both, and none for a client that never says anything. One that is silent for
        /// `silence` is handed over all the same.
        case whenReadable
    }

    /// Told when accepting pauses, because descriptors or memory ran out.
    package var onTrouble: ((SystemError) -> Void)?

    /// Connections taken in one turn of the loop, so that those already open get theirs.
    private static let batch = 64
    /// Seconds; the kernel rounds up to its retransmissions.
    private static let silence: CInt = 1
    /// How long accepting rests when descriptors have run out.
    private static let rest = Duration.milliseconds(100)

    /// Binds and listens. Throws what the kernel says: a port in use, no permission. On the loop.
    package init(
        address: SocketAddress, backlog: CInt = 4096, handover: Handover = .whenOpen,
        on loop: EventLoop, accept: @escaping (TCPSocket) -> Void
    ) throws(SystemError) {
        loop.preconditionCurrent()
        self.loop = loop
        accepted = accept
        number = try Self.open(address, backlog: backlog)
        if handover == .whenReadable {
            setOption(number, CInt(IPPROTO_TCP), TCP_DEFER_ACCEPT, Self.silence)
        }
        localAddress = boundAddress(of: number) ?? address
        do {
            try loop.epoll.add(number, for: .readable, handler: self)
        } catch {
            Glibc.close(number)
            throw error
        }
    }

    /// Throws what the kernel says when somebody listens there already, also one who would share.
    ///
    /// Between loops an address is shared; between processes that would split the traffic unnoticed.
    package static func requireFree(_ address: SocketAddress) throws(SystemError) {
        let number = try boundSocket(
            address, type: CInt(SOCK_STREAM.rawValue), reusePort: false)
        Glibc.close(number)
    }

    /// Stops listening; connections already accepted go on. On the loop.
    package func close() {
        guard isOpen else { return }
        loop.preconditionCurrent()
        isOpen = false
        pause?.cancel()
        loop.epoll.remove(number)
        Glibc.close(number)
    }

    func ready(_ readiness: Readiness) {
        for _ in 0..<Self.batch where isOpen {
            var storage = sockaddr_storage()
            let connection = accept_connection(number, &storage)
            guard connection >= 0 else { return acceptFailed(errno) }
            guard let address = SocketAddress(storage),
                let socket = try? TCPSocket(connection, remoteAddress: address, on: loop)
            else { continue }
            accepted(socket)
        }
    }

    /// A connection that died in the queue is nobody's trouble; being out of descriptors is ours,
    /// and the level-triggered set would report it without pause.
    private func acceptFailed(_ code: CInt) {
        switch code {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM:
            onTrouble?(SystemError(code: code, operation: "accept on \(localAddress)"))
            loop.epoll.modify(number, for: [])
            pause = loop.schedule(after: Self.rest) { [weak self] in
                guard let self, self.isOpen else { return }
                self.loop.epoll.modify(self.number, for: .readable)
            }
        default: break
        }
    }

    private static func open(
        _ address: SocketAddress, backlog: CInt
    ) throws(SystemError) -> CInt {
        let number = try boundSocket(
            address, type: CInt(SOCK_STREAM.rawValue), reusePort: true)
        // What is accepted inherits it.
        setNoDelay(number)
        guard listen(number, backlog) == 0 else {
            let error = SystemError.last("listen on \(address)")
            Glibc.close(number)
            throw error
        }
        return number
    }
}

/// A non-blocking socket bound to `address`.
func boundSocket(
    _ address: SocketAddress, type: CInt, reusePort: Bool
) throws(SystemError) -> CInt {
    let number = socket(address.family, type | SOCK_NONBLOCK_FLAG | SOCK_CLOEXEC_FLAG, 0)
    guard number >= 0 else { throw .last("open a socket") }
    // For TCP it lets a port be bound while old connections linger; for UDP it would let two
    // sockets have the same port, also one that the kernel chooses.
    if type == CInt(SOCK_STREAM.rawValue) { setOption(number, SOL_SOCKET, SO_REUSEADDR, 1) }
    if reusePort { setOption(number, SOL_SOCKET, SO_REUSEPORT, 1) }
    // "[::]" and "0.0.0.0" are listed side by side: each socket keeps to its own family.
    if address.family == AF_INET6 { setOption(number, CInt(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
    guard address.withSockAddr({ bind(number, $0, $1) }) == 0 else {
        let error = SystemError.last("bind \(address)")
        close(number)
        throw error
    }
    return number
}

/// Where a socket is bound.
func boundAddress(of number: CInt) -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutablePointer(to: &storage) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            getsockname(number, $0, &length)
        }
    }
    return code == 0 ? SocketAddress(storage) : nil
}
