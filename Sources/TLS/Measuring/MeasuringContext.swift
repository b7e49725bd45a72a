// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// What the client connections of a load on one loop have in common.
///
/// They believe every certificate: a load measures servers, it tells them nothing and takes nothing
/// from them. A type of its own, so that no connection of the edge can come to be made with it.
package final class MeasuringContext {
    let handle: OpaquePointer

    /// What is offered; a list that is nil is the one that our clients offer, which is the order of
    /// browsers. Lists have OpenSSL's syntax.
    package struct Offer: Sendable {
        package enum Version: Sendable { case tls12, tls13 }

        /// The only one; nil offers both.
        package var version: Version?
        package var groups: String?
        /// Names that begin with `TLS_` are cipher suites of TLS 1.3, the others of TLS 1.2.
        package var ciphers: String?
        package var signatureAlgorithms: String?
        /// In order of preference; with none the extension is not sent.
        package var alpn: [String] = []

        package init() {}
    }

    /// Throws `unusable` for a list that libssl does not understand.
    package init(_ offer: Offer) throws(TLSError) {
        ERR_clear_error()
        let protocols = try ApplicationProtocols(offer.alpn)
        handle = try made("SSL_CTX_new", SSL_CTX_new(TLS_client_method()))
        try configureConnections(handle)
        try check("TLS 1.2 ciphers", SSL_CTX_set_cipher_list(handle, cipherSuites12))
        SSL_CTX_set_session_cache_mode(handle, CLong(SSL_SESS_CACHE_OFF))
        // Without the callback libssl would build a chain even when nobody asks for the verdict.
        SSL_CTX_set_verify(handle, SSL_VERIFY_NONE, nil)
        SSL_CTX_set_cert_verify_callback(handle, { _, _ in 1 }, nil)
        try apply(offer)
        guard !protocols.wire.isEmpty else { return }
        let result = SSL_CTX_set_alpn_protos(handle, protocols.wire, UInt32(protocols.wire.count))
        // Alone among OpenSSL's functions this one returns 0 for success.
        guard result == 0 else { throw .ours("the ALPN list", because: .take()) }
    }

    deinit {
        SSL_CTX_free(handle)
    }

    private func apply(_ offer: Offer) throws(TLSError) {
        if let version = offer.version {
            let number = version == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION
            try check("the version", SSL_CTX_set_min_proto_version(handle, number))
            try check("the version", SSL_CTX_set_max_proto_version(handle, number))
        }
        if let groups = offer.groups {
            try understand("groups", groups, SSL_CTX_set1_groups_list(handle, groups))
        }
        if let list = offer.signatureAlgorithms {
            try understand("signature algorithms", list, SSL_CTX_set1_sigalgs_list(handle, list))
        }
        if let ciphers = offer.ciphers { try apply(ciphers: ciphers) }
    }

    private func apply(ciphers: String) throws(TLSError) {
        let names = ciphers.split(separator: ":")
        let suites13 = names.filter { $0.hasPrefix("TLS_") }.joined(separator: ":")
        let suites12 = names.filter { !$0.hasPrefix("TLS_") }.joined(separator: ":")
        if !suites13.isEmpty {
            try understand("ciphers", suites13, SSL_CTX_set_ciphersuites(handle, suites13))
        }
        if !suites12.isEmpty {
            try understand("ciphers", suites12, SSL_CTX_set_cipher_list(handle, suites12))
        }
    }

    private func understand(
        _ what: String, _ list: String, _ result: CInt
    ) throws(TLSError) {
        guard result == 1 else {
            throw .unusable("\(what) \"\(list)\" are not known to libssl", because: .take())
        }
    }
}
