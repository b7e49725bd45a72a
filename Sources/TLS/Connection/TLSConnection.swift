// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// One TLS connection, from the ClientHello to close_notify.
///
/// It knows no loop and waits for nothing: each call does what can be done now and says what it wants.
/// Used by one thread at a time, the one of the connection's loop.
package final class TLSConnection {
    let handle: OpaquePointer
    let transport: Transport
    /// Nil for a client.
    let server: ServerContext?
    /// As a server: where the client is, for the selector: the bytes of an IP address. May be told
    /// otherwise before the handshake begins, by a PROXY header.
    package var source: [UInt8]

    var decision = HandshakeDecision.none
    /// Why the transport carries nothing more.
    var transportEnd: TransportEnd?
    /// Whether the last read took all that the kernel had.
    var isDrained = false
    /// Whether what is written now is not the end of what its writer has.
    private(set) var moreFollows = false
    private var keepsBuffers = false
    /// As a server: whether the client can do anything with a ticket of TLS 1.3.
    var acceptsTickets = false
    /// Tickets that a finished handshake is still to be followed by.
    var ticketsDue = 0
    /// Flights of libssl that something follows at once, so that they wait for its packet.
    var flightsHeld = 0
    /// What ended it: libssl must not be called again after a fatal error (SSL_get_error(3)).
    private(set) var fatalError: TLSError?

    /// As a server: the name in the client's SNI. As a client: nil.
    package internal(set) var serverName: ServerName?

    /// As a server: what the selector chose for this connection. On a resumed connection no certificate is
    /// sent, but the selector was asked all the same, so that this is what would be presented today;
    /// its names are those that a `Host` on this connection may have.
    package internal(set) var credential: Credential?

    /// As a server, on a non-blocking socket, which stays the caller's to close.
    package convenience init(
        server: ServerContext, descriptor: CInt, source: [UInt8]
    ) throws(TLSError) {
        try self.init(server: server, transport: .descriptor(descriptor), source: source)
    }

    /// As a client, on a non-blocking socket, which stays the caller's to close.
    ///
    /// The server's certificate has to be for `serverName`, a host name or an IP address. A host
    /// name is also sent as SNI.
    package convenience init(
        client: ClientContext, descriptor: CInt, serverName: String
    ) throws(TLSError) {
        try self.init(
            client: client, transport: .descriptor(descriptor), serverName: serverName)
    }

    init(server: ServerContext, transport: Transport, source: [UInt8]) throws(TLSError) {
        ERR_clear_error()
        handle = try made("SSL_new", SSL_new(server.handle))
        self.transport = transport
        self.server = server
        self.source = source
        try attach()
        SSL_set_accept_state(handle)
    }

    init(client: ClientContext, transport: Transport, serverName: String) throws(TLSError) {
        ERR_clear_error()
        handle = try made("SSL_new", SSL_new(client.handle))
        self.transport = transport
        server = nil
        source = []
        try attach()
        SSL_set_connect_state(handle)
        try expect(serverName)
    }

    init(measuring context: MeasuringContext, transport: Transport) throws(TLSError) {
        ERR_clear_error()
        handle = try made("SSL_new", SSL_new(context.handle))
        self.transport = transport
        server = nil
        source = []
        try attach()
        SSL_set_connect_state(handle)
    }

    deinit {
        SSL_free(handle)
    }

    /// Goes on with the handshake as far as it gets.
    package func handshake() -> HandshakeStep {
        if let fatalError { return .failed(fatalError) }
        ERR_clear_error()
        let result = SSL_do_handshake(handle)
        if result == 1 {
            handshakeFinished()
            return .done
        }
        switch SSL_get_error(handle, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_WANT_CLIENT_HELLO_CB:
            guard case .suspended(let pending) = decision else { return .wantsRead }
            return .suspended(pending)
        case SSL_ERROR_ZERO_RETURN: return .failed(fatal(.closedByPeer))
        case let code: return .failed(fatal(failure(code)))
        }
    }

    /// Gives a suspended handshake the outcome of its pending selection; `handshake()` then goes on.
    package func resume(with selection: CertificateSelection) {
        guard case .suspended = decision else {
            preconditionFailure("only a suspended handshake can be resumed")
        }
        decision = .resumed(selection)
    }

    /// Reads what is there.
    package func read(into room: UnsafeMutableRawBufferPointer) -> TLSReadResult {
        if let fatalError { return .failed(fatalError) }
        forgetErrors()
        var count = 0
        let result = SSL_read_ex(handle, room.baseAddress, room.count, &count)
        if result == 1 { return .bytes(count) }
        switch SSL_get_error(handle, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .closed(clean: true)
        case SSL_ERROR_SYSCALL where transportEnd == .ended: return .closed(clean: false)
        case let code: return .failed(fatal(failure(code)))
        }
    }

    /// Writes as much as the transport takes; a whole record at a time, so 16 KiB at most.
    ///
    /// Who offers more than that goes on with the rest at once, until it is all taken or there is no
    /// room: the kernel may wait for it, to send several records as one segment.
    package func write(_ bytes: UnsafeRawBufferPointer) -> TLSWriteResult {
        if let fatalError { return .failed(fatalError) }
        guard !bytes.isEmpty else { return .bytes(0) }
        moreFollows = bytes.count > Self.recordBytesMax
        defer { moreFollows = false }
        flightsHeld = issueTickets()
        // Whatever libssl made of them: what comes later waits for nothing.
        defer { flightsHeld = 0 }
        forgetErrors()
        var count = 0
        let result = SSL_write_ex(handle, bytes.baseAddress, bytes.count, &count)
        if result == 1 { return .bytes(count) }
        switch SSL_get_error(handle, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case let code: return .failed(fatal(failure(code)))
        }
    }

    /// The content of one record (RFC 8446 §5.1).
    private static let recordBytesMax = 1 << 14

    /// Keeps libssl's record buffers (33 KiB) from one record to the next: for a connection that carries
    /// request after request. Else they are given back as soon as they are empty.
    package func keepBuffers() {
        guard !keepsBuffers else { return }
        keepsBuffers = true
        SSL_clear_mode(handle, CLong(MODE_RELEASE_BUFFERS))
    }

    /// Gives the record buffers back, at once if they are empty, and from now on when they are.
    package func releaseBuffers() {
        guard keepsBuffers else { return }
        keepsBuffers = false
        SSL_set_mode(handle, CLong(MODE_RELEASE_BUFFERS))
        SSL_free_buffers(handle)
    }

    /// Tells the peer that nothing more comes, if there is room to say it.
    ///
    /// - Parameter finFollows: the caller closes the socket, or its writing half, at once: the kernel
    ///   waits for that, to send both as one segment.
    package func close(finFollows: Bool = false) {
        guard fatalError == nil, SSL_is_init_finished(handle) == 1 else { return }
        moreFollows = finFollows
        forgetErrors()
        SSL_shutdown(handle)
        forgetErrors()
        moreFollows = false
    }

    /// SSL_get_error(3) wants an empty queue. Looking is cheaper than clearing all of its slots.
    func forgetErrors() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    private func attach() throws(TLSError) {
        SSL_set_ex_data(handle, backPointer, Unmanaged.passUnretained(self).toOpaque())
        try TransportBIO.attach(to: self)
    }

    private func fatal(_ error: TLSError) -> TLSError {
        fatalError = error
        return error
    }

    /// The connection that a callback of OpenSSL is about.
    static func behind(_ handle: OpaquePointer) -> TLSConnection? {
        SSL_get_ex_data(handle, backPointer)
            .map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }
}

/// Where `SSL_get_app_data` keeps its pointer, which is unretained: a connection frees its `SSL`
/// before it is gone.
private let backPointer: CInt = 0
