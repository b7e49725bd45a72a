// SPDX-License-Identifier: Apache-2.0
package import ACME
import FoundationEssentials
package import Networking
package import Storage
package import TLS

/// A CA of our own, kept in storage: for the demo, for development and for closed networks.
///
/// Lives on the control loop. The CA is made on first use and kept in `accounts/internal/ca.pem`,
/// which is what clients have to trust, and `key.pem`.
package actor InternalIssuer: Issuer {
    private nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    package nonisolated let name = "internal"
    private let leafLifetime: Duration
    private let store: any KeyValueStore
    private let keys: LeafKeys

    private var authority: CertificateAuthority?
    private var opening: Task<Result<CertificateAuthority, any Error>, Never>?

    /// Leaves live a week unless told otherwise, so that renewal is something that happens.
    package init(
        store: any KeyValueStore, keys: LeafKeys, loop: EventLoop,
        leafLifetime: Duration = .seconds(7 * 86_400)
    ) {
        self.store = store
        self.keys = keys
        self.loop = loop
        self.leafLifetime = leafLifetime
    }

    /// The root that clients have to trust.
    package func root() async throws(IssuerError) -> Certificate {
        try await blaming { [self] in try await currentAuthority().certificate }
    }

    // MARK: Issuer

    package func identity() async throws(IssuerError) -> CAAIdentity {
        CAAIdentity(issuer: name, domains: [], accountURI: nil, methods: [])
    }

    package func issue(
        _ request: IssuanceRequest
    ) async throws(IssuerError) -> IssuedCertificate {
        try await blaming { [self] in
            let authority = try await currentAuthority()
            let validity = Self.validity(from: .now, for: leafLifetime)
            let material = try await KeyMaterial(request, by: keys)
            let chain =
                if let key = material.key {
                    try authority.issue(names: request.names, key: key, validity: validity)
                } else {
                    try authority.issue(
                        CertificateRequest(der: material.request), validity: validity)
                }
            return IssuedCertificate(chain: chain, key: material.key, issuer: name)
        }
    }

    package func renewalInfo(
        for certificate: Certificate
    ) async throws(IssuerError) -> RenewalInfo? {
        nil
    }

    package func revoke(
        _ certificate: Certificate, because reason: RevocationReason
    ) async throws(IssuerError) {}

    // MARK: The authority

    /// One opening for all who wait.
    private func currentAuthority() async throws -> CertificateAuthority {
        if let authority { return authority }
        let opening = opening ?? Task { await openAuthority() }
        self.opening = opening
        return try await opening.value.get()
    }

    private func openAuthority() async -> Result<CertificateAuthority, any Error> {
        defer { opening = nil }
        do {
            let authority = try await loadOrMakeAuthority()
            self.authority = authority
            return .success(authority)
        } catch {
            return .failure(error)
        }
    }

    private func loadOrMakeAuthority() async throws -> CertificateAuthority {
        guard let key = StorageKey("accounts", name) else { preconditionFailure("a plain word") }
        if let files = try await store.read([Self.certificateName, Self.keyName], in: key),
            let certificate = files.contents[Self.certificateName],
            let secret = files.contents[Self.keyName]
        {
            do {
                return try CertificateAuthority(
                    certificate: Certificate(pem: certificate), key: PrivateKey(pem: secret))
            } catch {
                // Not made anew: clients trust the one that was.
                throw Unreadable(path: "\(key)", kind: "CA with its key", reason: error)
            }
        }
        let authority = try CertificateAuthority.create(
            commonName: "Nameplate internal CA",
            validity: Self.validity(from: .now, for: Self.lifetime))
        try await store.write(
            [
                StoredFile(Self.certificateName, try authority.certificate.pem),
                StoredFile(Self.keyName, try authority.key.pem, .secret),
            ], in: key)
        return authority
    }

    private func blaming<R>(_ body: () async throws -> R) async throws(IssuerError) -> R {
        do { return try await body() } catch {
            throw IssuerError(issuer: name, class: .local, underlying: error)
        }
    }

    /// From a minute ago, for clients whose clocks are a little slow.
    private static func validity(from now: Date, for lifetime: Duration) -> Range<Date> {
        let start = now.addingTimeInterval(-60)
        return start..<now.addingTimeInterval(TimeInterval(lifetime.components.seconds))
    }

    private static let certificateName = "ca.pem"
    private static let keyName = "key.pem"
    private static let lifetime = Duration.seconds(10 * 365 * 86_400)
}
