// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Glibc

/// What the client connections of one loop have in common: whom they trust and what they speak.
///
/// Every connection verifies the server's chain and its name; there is no way to turn that off.
package final class ClientContext {
    let handle: OpaquePointer

    /// Reads the roots, which for `.system` may take some 30 ms: make it before it is needed.
    /// The protocols of `alpn` are offered in this order; with none the extension is not sent.
    package init(trustedRoots: TrustedRoots, alpn: [String] = []) throws(TLSError) {
        ERR_clear_error()
        let protocols = try ApplicationProtocols(alpn)
        handle = try made("SSL_CTX_new", SSL_CTX_new(TLS_client_method()))
        try configureConnections(handle)
        SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
        SSL_CTX_set_session_cache_mode(handle, CLong(SSL_SESS_CACHE_OFF))
        switch trustedRoots {
        case .system: try trustSystem()
        case .pem(let text): try trust(try CertificateChain.certificates(in: text))
        }
        guard !protocols.wire.isEmpty else { return }
        let result = SSL_CTX_set_alpn_protos(
            handle, protocols.wire, UInt32(protocols.wire.count))
        // Alone among OpenSSL's functions this one returns 0 for success.
        guard result == 0 else { throw .ours("the ALPN list", because: .take()) }
    }

    deinit {
        SSL_CTX_free(handle)
    }

    private func trust(_ roots: [Certificate]) throws(TLSError) {
        guard !roots.isEmpty else { throw .unusable("there is no trusted root in it") }
        for root in roots {
            try check(
                "trusting a root", X509_STORE_add_cert(SSL_CTX_get_cert_store(handle), root.handle))
        }
    }

    /// The bundle is read now, because libssl's default is a directory that it would look into
    /// during handshakes, and a loop does not wait for a disk. `SSL_CERT_FILE` and `SSL_CERT_DIR` have
    /// their meaning.
    private func trustSystem() throws(TLSError) {
        let isChosen = getenv("SSL_CERT_FILE") != nil || getenv("SSL_CERT_DIR") != nil
        if !isChosen, bundles.contains(where: { SSL_CTX_load_verify_file(handle, $0) == 1 }) {
            ERR_clear_error()
            return
        }
        ERR_clear_error()
        try check("the system's roots", SSL_CTX_set_default_verify_paths(handle))
    }
}

/// Where Debian, Fedora and Alpine keep all their roots in a file.
private let bundles = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
]
