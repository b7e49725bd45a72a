// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A client's session, to be offered in a later handshake with the same server.
package final class TLSSession {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        SSL_SESSION_free(handle)
    }

    /// Whether it may be offered more than once: one of TLS 1.3 should not (RFC 8446 §C.4).
    package var isReusable: Bool {
        SSL_SESSION_get_protocol_version(handle) < TLS1_3_VERSION
    }
}
