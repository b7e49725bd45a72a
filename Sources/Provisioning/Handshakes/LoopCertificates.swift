// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
package import TLS

/// What one data loop presents in handshakes. The first of these that applies:
///
/// 1. No server name, an IP address or an invalid name: the default certificate where the operator
///    configured one, else the alert `unrecognized_name`.
/// 2. The client offers `acme-tls/1` and nothing else: the challenge certificate of that name, else
///    the alert. Such a client is a CA; it never gets a certificate in service.
/// 3. A name that was deprovisioned is refused, whatever certificate would cover it. Where a wildcard
///    was, names below it are served by their own name alone.
/// 4. The loop's own cache of parsed credentials: the exact name, then the wildcard for its first
///    label.
/// 5. The table of all certificates in memory, in the same order: parsed, cached, served.
/// 6. The memory of refusals: a name that was denied, leads elsewhere or keeps failing is refused
///    at once, for less than it costs to serve one.
/// 7. Otherwise the handshake is suspended and the provisioner asked: it looks into storage
///    and, failing that, obtains a certificate (`Provisioner`).
///
/// Belongs to its loop. A certificate that has expired counts as absent.
package final class LoopCertificates: CertificateSelector {
    package struct Configuration: Sendable {
        /// Parsed credentials kept by each loop, about 9 KiB each. Default: 10,000.
        package var credentials = 10_000
        /// How long a handshake waits for a certificate. Default: 10 s.
        package var hold = Duration.seconds(10)

        package init() {}
    }

    private var configuration: Configuration
    private let loop: EventLoop
    private let provisioner: Provisioner
    /// What its credentials are parsed for; nil: the process's algorithms.
    private let library: LibraryContext?
    private let clock: @Sendable () -> Date
    /// Told when a name is withdrawn, or is so no longer. On the loop.
    package var onWithdrawal: (_ name: CertificateName, _ isWithdrawn: Bool) -> Void = { _, _ in }
    private var state = PublishedState()
    private var cache: CredentialCache
    private var fallback: Credential?

    /// For `loop`, attached to `DataLoops` by whoever makes it.
    package init(
        loop: EventLoop, provisioner: Provisioner, configuration: Configuration = Configuration(),
        library: LibraryContext? = nil, clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.loop = loop
        self.library = library
        self.provisioner = provisioner
        self.configuration = configuration
        self.clock = clock
        cache = CredentialCache(capacity: configuration.credentials)
    }

    /// Takes up a configuration that was read again; the cache keeps its size.
    package func adopt(_ configuration: Configuration) {
        self.configuration = configuration
    }

    package func selectCertificate(for hello: ClientHello) -> CertificateSelection {
        let now = clock()
        guard let name = hello.serverName else { return defaultCertificate(at: now) }
        if hello.offersOnlyACMETLS { return challengeCertificate(for: name) }
        if isWithdrawn(name) { return .refuse(Refusal.Reason.withdrawn.alert) }
        if let credential = cachedCredential(for: name, at: now) { return .serve(credential) }
        if let credential = tableCredential(for: name, at: now) { return .serve(credential) }
        if let refusal = refusal(of: name, at: now) { return .refuse(refusal.alert) }
        return .suspend(
            HeldHandshake(hold(name, from: hello), provisioner: provisioner, loop: self))
    }

    // MARK: The places, in their order

    private func defaultCertificate(at now: Date) -> CertificateSelection {
        guard let certificate = state.fallback, certificate.notAfter > now else {
            return .refuse(.unrecognizedName)
        }
        if fallback == nil { fallback = try? certificate.credential(in: library) }
        return fallback.map { .serve($0) } ?? .refuse(.internalError)
    }

    private func challengeCertificate(for name: ServerName) -> CertificateSelection {
        state.challenges.credential(for: name).map { .serve($0) } ?? .refuse(.unrecognizedName)
    }

    private func isWithdrawn(_ name: ServerName) -> Bool {
        state.withdrawals.contains(.exact(name))
    }

    private func cachedCredential(for name: ServerName, at now: Date) -> Credential? {
        if let credential = cache.credential(for: .exact(name), at: now) { return credential }
        guard let parent = name.parent, !state.withdrawals.coversByWildcard(name) else {
            return nil
        }
        // A wildcard in the cache must not hide an exact name that only the table has.
        guard let credential = cache.credential(for: .wildcard(of: parent), at: now),
            state.certificates.certificate(for: name, at: now)?.name != .exact(name)
        else { return nil }
        return credential
    }

    private func tableCredential(for name: ServerName, at now: Date) -> Credential? {
        guard let (found, certificate) = state.certificate(for: name, at: now) else {
            return nil
        }
        return credential(of: certificate, for: found)
    }

    private func refusal(of name: ServerName, at now: Date) -> Refusal? {
        guard let refusal = state.refusals[name], refusal.until > now else { return nil }
        return refusal
    }

    private func hold(_ name: ServerName, from hello: ClientHello) -> Hold {
        Hold(
            name: name, source: HoldSource(addressBytes: hello.source),
            deadline: loop.now + configuration.hold)
    }

    private func credential(
        of certificate: StoredCertificate, for name: CertificateName
    ) -> Credential? {
        // It was parsed once before it came into the table: failing here means no memory.
        guard let credential = try? certificate.credential(in: library) else { return nil }
        cache.insert(credential, for: name, notAfter: certificate.notAfter)
        return credential
    }

    /// What a held handshake gets in the end.
    func selection(
        for name: ServerName, _ outcome: Result<StoredCertificate, ProvisioningFailure>
    ) -> CertificateSelection {
        switch outcome {
        case .success(let certificate):
            let now = clock()
            let found = certificate.name(for: name)
            // It may have been deprovisioned while the handshake was held.
            guard !isWithdrawn(name), !state.withdrawals.contains(found) else {
                return .refuse(Refusal.Reason.withdrawn.alert)
            }
            let credential =
                cachedCredential(for: name, at: now) ?? tableCredential(for: name, at: now)
                ?? self.credential(of: certificate, for: found)
            return credential.map { .serve($0) } ?? .refuse(.internalError)
        case .failure(let failure): return .refuse(failure.alert)
        }
    }

    // MARK: Messages from the control loop

    func receive(_ state: PublishedState, changed: Set<CertificateName>) {
        if self.state.fallback !== state.fallback { fallback = nil }
        self.state = state
        for name in changed { cache.remove(name) }
    }

    // MARK: What the plain port asks

    /// Whether a handshake for `name` would be served from memory.
    package func serves(_ name: ServerName) -> Bool {
        let now = clock()
        return !isWithdrawn(name) && state.certificate(for: name, at: now) != nil
    }

    /// Whether a handshake for `name` would be refused at once.
    package func refuses(_ name: ServerName) -> Bool {
        let now = clock()
        return isWithdrawn(name) || refusal(of: name, at: now) != nil
    }

    /// What `http://<host>/.well-known/acme-challenge/<token>` answers (RFC 8555 §8.3); only for
    /// the name that the challenge was made for.
    package func keyAuthorization(token: String, host: ServerName) -> String? {
        state.challenges.keyAuthorization(token: token, host: host)
    }
}
