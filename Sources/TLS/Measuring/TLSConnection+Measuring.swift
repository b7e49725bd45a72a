// SPDX-License-Identifier: Apache-2.0
import COpenSSL

// The client's side of a measurement.
extension TLSConnection {
    /// As a client that believes everybody, on a non-blocking socket, which stays the caller's to close.
    ///
    /// `serverName` is sent as SNI unless it is empty; `session` is offered.
    package convenience init(
        measuring context: MeasuringContext, descriptor: CInt, serverName: String,
        offering session: TLSSession?
    ) throws(TLSError) {
        try self.init(measuring: context, transport: .descriptor(descriptor))
        try ask(for: serverName, offering: session)
    }

    /// The same without a socket: the caller carries the records.
    package convenience init(
        measuringInMemory context: MeasuringContext, serverName: String,
        offering session: TLSSession?
    ) throws(TLSError) {
        try self.init(measuring: context, transport: .memory(MemoryTransport()))
        try ask(for: serverName, offering: session)
    }

    private func ask(for serverName: String, offering session: TLSSession?) throws(TLSError) {
        if !serverName.isEmpty {
            try check("SNI", CInt(SSL_set_tlsext_host_name(handle, serverName)))
        }
        if let session {
            try check("the session", SSL_set_session(handle, session.handle))
        }
    }

    /// The session as it is now, when it can be resumed. In TLS 1.3 a ticket comes after the handshake:
    /// ask when reading has brought it. The session that was `offered` is answered again only if it
    /// may be offered again.
    package func resumableSession(offered: TLSSession?) -> TLSSession? {
        guard let session = SSL_get1_session(handle) else { return nil }
        let owner = TLSSession(session)
        if session == offered?.handle, !owner.isReusable { return nil }
        return SSL_SESSION_is_resumable(session) == 1 ? owner : nil
    }

    /// Whether the server has said anything that is part of TLS: an alert, or a ServerHello. To be
    /// asked when the handshake has failed.
    package var heardServerHello: Bool {
        SSL_get_state(handle) != TLS_ST_CW_CLNT_HELLO
    }

    /// What has been read from the transport so far, in bytes.
    package var bytesRead: Int { Int(BIO_number_read(SSL_get_rbio(handle))) }

    /// What has been written to the transport so far, in bytes.
    package var bytesWritten: Int { Int(BIO_number_written(SSL_get_wbio(handle))) }
}
