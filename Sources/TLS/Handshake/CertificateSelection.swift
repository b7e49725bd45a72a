// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// Chooses what a server presents in a handshake.
///
/// Called on the connection's loop for each connection, resumed ones included, when its ClientHello is
/// there and nothing is decided yet. Must not block.
package protocol CertificateSelector: AnyObject {
    func selectCertificate(for hello: ClientHello) -> CertificateSelection
}

/// What becomes of a handshake.
package enum CertificateSelection {
    /// It goes on with this chain and key.
    case serve(Credential)
    /// It waits: whoever drives it awaits the pending selection and resumes the connection with the
    /// outcome.
    case suspend(any PendingSelection)
    /// It ends with this fatal alert.
    case refuse(TLSAlert)
}

/// A selection that takes its time.
package protocol PendingSelection: AnyObject {
    /// Waits for the outcome; on the loop of the caller.
    func selection() async -> CertificateSelection
    /// The handshake is over without it: the client left, or the deadline did.
    func abandon()
}

// The answer is given in OpenSSL's ClientHello callback, and not in the certificate callback
// (`SSL_CTX_set_cert_cb`), because this is the only place where all of it can be said:
//
// - It may end the handshake with an alert of its choice, at once or after a suspension. The
//   certificate callback can say no more than internal_error, and the server name callback cannot
//   suspend.
// - It is called for a resumed session too, where the certificate callback is not: the connection
//   knows its credential in every case, and a name that is no longer served is not resumed.
// - It is called before a session ticket is looked at, so that the session id context set here binds
//   a ticket to the name it was issued for, in TLS 1.2 and 1.3. libssl by itself resumes a ticket
//   under whatever name the next ClientHello has.
//
// A suspension is `SSL_CLIENT_HELLO_RETRY`: libssl keeps the parsed ClientHello, reports
// `SSL_ERROR_WANT_CLIENT_HELLO_CB`, and calls again with the next `handshake()`. After a
// HelloRetryRequest it calls with the second ClientHello, for which the decision stands.

/// OpenSSL's ClientHello callback: asks the selector, and does what it says.
func selectCertificate(
    _ handle: OpaquePointer?, _ alert: UnsafeMutablePointer<CInt>?, _: UnsafeMutableRawPointer?
) -> CInt {
    guard let handle, let connection = TLSConnection.behind(handle), let server = connection.server
    else { return SSL_CLIENT_HELLO_ERROR }
    switch connection.decision {
    case .none:
        let hello = connection.receivedClientHello()
        connection.decide(server.selector.selectCertificate(for: hello))
    case .resumed(let selection):
        connection.decide(selection)
    case .served:
        connection.receivedSecondClientHello()
    case .suspended, .refused, .failed:
        break
    }
    switch connection.decision {
    case .served:
        return SSL_CLIENT_HELLO_SUCCESS
    case .none, .resumed, .suspended:
        return SSL_CLIENT_HELLO_RETRY
    case .refused(let reason), .failed(let reason, _):
        alert?.pointee = CInt(reason.code)
        return SSL_CLIENT_HELLO_ERROR
    }
}
