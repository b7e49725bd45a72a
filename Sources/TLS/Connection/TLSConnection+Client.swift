// SPDX-License-Identifier: Apache-2.0
import COpenSSL

extension TLSConnection {
    /// Makes the handshake fail unless the server's certificate is for `host` (RFC 9525 §6).
    func expect(_ host: String) throws(TLSError) {
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(handle), host) == 1 { return }
        ERR_clear_error()
        let name = try Self.hostName(host)
        SSL_set_hostflags(
            handle,
            UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        try check("the server's name", SSL_set1_host(handle, name))
        try check("SNI", CInt(SSL_set_tlsext_host_name(handle, name)))
    }

    /// Offers these application protocols in the place of the context's (RFC 7301). Before the handshake.
    package func offer(_ names: [String]) throws(TLSError) {
        let protocols = try ApplicationProtocols(names)
        // Alone among OpenSSL's functions this one returns 0 for success.
        let result = SSL_set_alpn_protos(handle, protocols.wire, UInt32(protocols.wire.count))
        guard result == 0 else { throw .ours("the ALPN list", because: .take()) }
    }

    /// A name to connect to may have one label and underscores, which a domain of ours may not. A
    /// leading dot would make OpenSSL accept every subdomain.
    private static func hostName(_ host: String) throws(TLSError) -> String {
        if let name = ServerName(host) { return name.text }
        let isPlain = host.utf8.allSatisfy { byte in
            Character(UnicodeScalar(byte)).isLetter && byte < 0x80
                || Character(UnicodeScalar(byte)).isWholeNumber || "-_.".utf8.contains(byte)
        }
        guard isPlain, !host.isEmpty, !host.hasPrefix("."), host.utf8.count <= 253 else {
            throw .unusable("\"\(host)\" is not a host to connect to")
        }
        return host
    }
}
