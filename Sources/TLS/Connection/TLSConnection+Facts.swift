// SPDX-License-Identifier: Apache-2.0
import COpenSSL

// What was agreed on; to be asked when the handshake is done.
extension TLSConnection {
    /// The application protocol, when one was negotiated.
    package var negotiatedALPN: String? {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(handle, &name, &count)
        guard let name else { return nil }
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    /// Whether the client came back with a session ticket.
    package var isResumed: Bool { SSL_session_reused(handle) == 1 }

    /// `TLSv1.2` or `TLSv1.3`.
    package var protocolVersion: String { String(cString: SSL_get_version(handle)) }

    /// The standard's name of the cipher suite, for example `TLS_AES_128_GCM_SHA256`.
    package var cipher: String? {
        SSL_get_current_cipher(handle).flatMap { SSL_CIPHER_standard_name($0) }
            .map { String(cString: $0) }
    }

    /// As a server: whether a request for `name` belongs on this connection (RFC 9110 §7.4): it
    /// is the name in SNI, or the credential of this connection covers it.
    package func serves(_ name: ServerName) -> Bool {
        name == serverName || credential?.covers(name) == true
    }

    /// Whether another read would find nothing: libssl holds no bytes back, and its last read from the
    /// socket took all that was there. Saves the system call that would only answer EAGAIN.
    package var isReadDrained: Bool { isDrained && SSL_has_pending(handle) == 0 }
}
