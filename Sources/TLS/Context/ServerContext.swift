// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// What the server connections of one loop have in common: an `SSL_CTX` set up for TLS 1.2 and 1.3 in
/// Mozilla's intermediate profile.
///
/// One a loop, so that loops do not meet in its locks and counters. A ClientHello may come in any
/// number of segments and records; libssl refuses one of more than 131,396 bytes.
package final class ServerContext {
    let handle: OpaquePointer
    let selector: any CertificateSelector
    let applicationProtocols: ApplicationProtocols
    let ticketSeal: TicketSeal
    /// For each client that can use them.
    let tickets: Int

    /// The ticket keys are shared by all loops, so that a client may resume on any of them; the
    /// selector is asked for each connection's certificate. `library` is the loop's own, without which
    /// the shared one is used.
    package init(
        configuration: ServerTLSConfiguration, ticketKeys: TicketKeys,
        selector: any CertificateSelector, library: LibraryContext? = nil
    ) throws(TLSError) {
        ERR_clear_error()
        self.selector = selector
        let library = try made("a library context", library ?? .shared)
        applicationProtocols = try ApplicationProtocols(configuration.applicationProtocols)
        ticketSeal = try TicketSeal(ticketKeys, library: library)
        tickets = configuration.tickets
        handle = try made(
            "SSL_CTX_new_ex", SSL_CTX_new_ex(library.handle, nil, TLS_server_method()))
        try configureProtocol()
        try configureSessions()
        // In TLS 1.3 the option would make tickets stateful, of which there are none either.
        if tickets == 0 { SSL_CTX_set_options(handle, OP_NO_TICKET) }
        SSL_CTX_set_client_hello_cb(handle, selectCertificate, nil)
        SSL_CTX_set_alpn_select_cb(handle, selectApplicationProtocol, nil)
        // Without a callback that accepts the name libssl does not acknowledge it.
        SSL_CTX_set_tlsext_servername_callback(handle) { _, _, _ in SSL_TLSEXT_ERR_OK }
    }

    deinit {
        SSL_CTX_free(handle)
    }

    private func configureProtocol() throws(TLSError) {
        try configureConnections(handle)
        try check("TLS 1.2 ciphers", SSL_CTX_set_cipher_list(handle, cipherSuites12))
        // ChaCha20 first for those clients that put it first: they have no AES instructions.
        SSL_CTX_set_options(
            handle, OP_CIPHER_SERVER_PREFERENCE | OP_PRIORITIZE_CHACHA | OP_NO_RENEGOTIATION)
    }

    private func configureSessions() throws(TLSError) {
        // Sessions are the clients' to keep, as tickets.
        SSL_CTX_set_session_cache_mode(handle, CLong(SSL_SESS_CACHE_OFF))
        // A ticket opens for two rotations after its own key is gone from the front.
        SSL_CTX_set_timeout(handle, CLong(2 * TicketKeys.rotationInterval.components.seconds))
        // None by libssl: `TLSConnection.sendTickets` says when.
        try check("SSL_CTX_set_num_tickets", SSL_CTX_set_num_tickets(handle, 0))
        try check(
            "the ticket keys", CInt(SSL_CTX_set_tlsext_ticket_key_evp_cb(handle, sealTicket)))
    }
}

/// What server and client contexts have in common.
func configureConnections(_ context: OpaquePointer) throws(TLSError) {
    try check("TLS 1.2 at least", SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION))
    try check("TLS 1.3 at most", SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION))
    try check("TLS 1.3 ciphers", SSL_CTX_set_ciphersuites(context, cipherSuites13))
    // A libssl before 3.5 does not know the post-quantum group, and refuses the whole list.
    if SSL_CTX_set1_groups_list(context, "X25519MLKEM768:\(groups)") != 1 {
        ERR_clear_error()
        try check("groups", SSL_CTX_set1_groups_list(context, groups))
    }
    SSL_CTX_set_options(context, OP_NO_COMPRESSION)
    SSL_CTX_set_mode(
        context,
        CLong(MODE_ENABLE_PARTIAL_WRITE | MODE_ACCEPT_MOVING_WRITE_BUFFER | MODE_RELEASE_BUFFERS))
    SSL_CTX_set_read_ahead(context, 1)
}

private let groups = "X25519:P-256:P-384"

/// AES-128 first: it is strong enough, and a handshake with SHA-256 costs less than with SHA-384.
private let cipherSuites13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

/// Mozilla's intermediate list without finite-field Diffie-Hellman, which no client needs that
/// knows TLS 1.2 with AEAD.
let cipherSuites12 = """
    ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
    ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:\
    ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
    """
