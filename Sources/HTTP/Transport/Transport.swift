// SPDX-License-Identifier: Apache-2.0
package import Networking
package import TLS

/// A byte stream to a peer: a TCP connection, in the clear or under TLS. On one loop.
///
/// One task may read while another writes. `deadline` bounds every wait of both.
package final class Transport {
    package let socket: TCPSocket
    package let tls: TLSConnection?
    /// What the peer said in its PROXY header, if it sent one that names somebody.
    var proxied: ProxyHeader.Addresses?

    /// Whether the last read that answered 0 was an orderly end: a close_notify, or a FIN on a
    /// connection in the clear. Without it a body that ends with the connection may be cut short.
    package private(set) var endedCleanly = false

    /// The room that is made for a read: a whole TLS record.
    private static let readSize = 16384
    /// With less room than this more is made, else what there is will do.
    private static let smallestRead = 4096

    /// A connection in the clear.
    package init(_ socket: TCPSocket) {
        self.socket = socket
        tls = nil
    }

    /// A connection under TLS, whose handshake is still to be made.
    package init(_ socket: TCPSocket, tls: TLSConnection) {
        self.socket = socket
        self.tls = tls
    }

    package var loop: EventLoop { socket.loop }

    /// Who is at the other end: the socket's peer, or whom that names in a PROXY header.
    package var client: SocketAddress { proxied?.source ?? socket.remoteAddress }

    /// That and where it connected to. Costs a system call without a PROXY header.
    package var ends: ProxyHeader.Addresses? {
        if let proxied { return proxied }
        return socket.localAddress.map { .init(source: socket.remoteAddress, destination: $0) }
    }

    package var deadline: Instant? {
        get { socket.deadline }
        set { socket.deadline = newValue }
    }

    /// Makes the TLS handshake; nothing to do in the clear.
    ///
    /// A server's handshake may be held while its certificate is being obtained: the socket's
    /// deadline does not run then, the hold has one of its own. A client that leaves ends the hold.
    package func handshake() async throws(TransportError) {
        guard let tls else { return }
        while true {
            try requireOpen()
            switch tls.handshake() {
            case .done: return
            case .wantsRead:
                socket.readBlocked()
                try await waitReadable()
            case .wantsWrite:
                socket.writeBlocked()
                try await waitWritable()
            case .suspended(let pending): tls.resume(with: await hold(for: pending))
            case .failed(let error): throw .tls(error)
            }
        }
    }

    /// Waits for a certificate; the client's own time stands still.
    private func hold(for pending: any PendingSelection) async -> CertificateSelection {
        let remaining = deadline.map { Instant.now.duration(to: $0) }
        socket.onHangup = { pending.abandon() }
        let selection = await pending.selection()
        socket.onHangup = nil
        deadline = remaining.map { Instant.now + $0 }
        return selection
    }

    /// Whether a read may find something: false only when it is known that it would not.
    package var mayRead: Bool { socket.mayRead || tls?.isReadDrained == false }

    /// Appends what is there without waiting; nil when nothing is.
    package func readNow(into buffer: inout ByteBuffer) throws(TransportError) -> Int? {
        guard let tls else { return try readClear(into: &buffer) }
        try requireOpen()
        guard mayRead else { return nil }
        var result = TLSReadResult.wantsRead
        buffer.fill(minimum: Self.wanted(by: buffer)) { room in
            result = tls.read(into: &room)
            if case .bytes(let count) = result { return count }
            return 0
        }
        switch result {
        case .bytes(let count):
            if tls.isReadDrained { socket.readDrained() }
            return count
        case .closed(let clean):
            endedCleanly = clean
            return 0
        case .failed(let error): throw .tls(error)
        case .wantsRead:
            socket.readBlocked()
            return nil
        case .wantsWrite:
            // Only a key update makes a read write; the write that follows anyway flushes it.
            socket.readBlocked()
            return nil
        }
    }

    /// Writes what the peer takes now of `bytes`; 0 when it takes none.
    package func writeNow(_ bytes: Span<UInt8>) throws(TransportError) -> Int {
        guard let tls else {
            do { return try socket.writeNow(bytes) } catch { throw .stream(error) }
        }
        try requireOpen()
        switch tls.write(bytes) {
        case .bytes(let written): return written
        case .failed(let error): throw .tls(error)
        case .wantsRead, .wantsWrite:
            socket.writeBlocked()
            return 0
        }
    }

    /// Suspends until there may be something to read.
    package func waitReadable() async throws(TransportError) {
        try requireOpen()
        tls?.sendTickets()
        do { try await socket.waitReadable() } catch { throw .stream(error) }
    }

    /// Suspends until the peer takes more.
    package func waitWritable() async throws(TransportError) {
        do { try await socket.waitWritable() } catch { throw .stream(error) }
    }

    /// Nothing more will be written: a close_notify and a FIN.
    package func endWriting() {
        guard socket.isOpen else { return }
        tls?.close(finFollows: true)
        socket.shutdownWrite()
    }

    /// Closes in good order; whoever waits on it gets an error.
    package func close() {
        guard socket.isOpen else { return }
        tls?.close(finFollows: true)
        socket.close()
    }

    /// Closes so that the peer sees an error: what it got was not the whole.
    package func abort() {
        socket.reset()
    }

    /// libssl has the number of the socket, which is somebody else's once that is closed.
    private func requireOpen() throws(TransportError) {
        guard socket.isOpen else { throw .stream(.closed) }
    }

    private static func wanted(by buffer: borrowing ByteBuffer) -> Int {
        buffer.room >= smallestRead ? buffer.room : readSize
    }

    private func readClear(into buffer: inout ByteBuffer) throws(TransportError) -> Int? {
        do {
            switch try socket.readNow(into: &buffer, max: Self.wanted(by: buffer)) {
            case .bytes(let count): return count
            case .blocked: return nil
            case .end:
                endedCleanly = true
                return 0
            }
        } catch { throw .stream(error) }
    }
}
