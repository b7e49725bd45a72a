// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// How far the choice of a certificate has come in one handshake.
enum HandshakeDecision {
    /// The ClientHello is not there yet.
    case none
    case suspended(any PendingSelection)
    /// The pending selection has its outcome, which the next call of the callback applies.
    case resumed(CertificateSelection)
    case served
    case refused(TLSAlert)
    /// It cannot go on, and the selector is not the reason.
    case failed(TLSAlert, TLSError)
}

extension TLSConnection {
    /// Reads from libssl's ClientHello what a certificate is chosen by.
    func receivedClientHello() -> ClientHello {
        let indication = serverNameIndication
        serverName = indication.name
        acceptsTickets = offersResumption
        return ClientHello(
            serverNameIndication: indication, offersOnlyACMETLS: offersOnlyACMETLS, source: source)
    }

    /// RFC 8446 §4.1.2: after a HelloRetryRequest the client repeats its hello; the certificate
    /// was chosen for the first one.
    func receivedSecondClientHello() {
        guard serverNameIndication.name != serverName else { return }
        decision = .failed(
            .illegalParameter, .peerMisbehaved("the second ClientHello has another server name"))
    }

    func decide(_ selection: CertificateSelection) {
        switch selection {
        case .serve(let credential): serve(credential)
        case .suspend(let pending): decision = .suspended(pending)
        case .refuse(let alert): decision = .refused(alert)
        }
    }

    private func serve(_ credential: Credential) {
        guard credential.use(on: handle), bindSessions() else {
            decision = .failed(.internalError, .ours("serving", because: .take()))
            return
        }
        if credential.isChallenge { forbidSessions() }
        self.credential = credential
        decision = .served
    }

    /// Makes a session worth something only under the name that it began with.
    private func bindSessions() -> Bool {
        withUnsafeTemporaryAllocation(
            byteCount: SHA256State.digestCount, alignment: 8
        ) { digest in
            var state = SHA256State()
            if var name = serverName?.text {
                name.withUTF8 { state.add(UnsafeRawBufferPointer($0)) }
            }
            state.end(into: digest)
            return SSL_set_session_id_context(
                handle, digest.baseAddress?.assumingMemoryBound(to: UInt8.self),
                UInt32(digest.count)) == 1
        }
    }

    /// A validating CA never comes back.
    private func forbidSessions() {
        SSL_set_options(handle, OP_NO_TICKET)
        acceptsTickets = false
    }

    private var serverNameIndication: ServerNameIndication {
        withExtension(TLSEXT_TYPE_server_name) { ServerNameIndication(extensionData: $0) }
    }

    /// RFC 8737 §3: the list has this one protocol.
    private var offersOnlyACMETLS: Bool {
        withExtension(TLSEXT_TYPE_application_layer_protocol_negotiation) { data in
            guard let data else { return false }
            return ApplicationProtocols.isOnlyACMETLS(data.dropFirst(2))
        }
    }

    /// RFC 8446 §4.2.9: whether a ticket would ever be used, in the one way that libssl does.
    private var offersResumption: Bool {
        withExtension(TLSEXT_TYPE_psk_kex_modes) { data in
            data?.dropFirst().contains(Self.pskWithKeyExchange) ?? false
        }
    }

    /// `psk_dhe_ke`.
    private static let pskWithKeyExchange: UInt8 = 1

    /// Lends the data of an extension of the ClientHello; nil when it is absent.
    private func withExtension<R>(
        _ kind: CInt, _ body: (UnsafeBufferPointer<UInt8>?) -> R
    ) -> R {
        var start: UnsafePointer<UInt8>?
        var count = 0
        guard SSL_client_hello_get0_ext(handle, UInt32(kind), &start, &count) == 1 else {
            return body(nil)
        }
        return body(UnsafeBufferPointer(start: start, count: count))
    }
}
