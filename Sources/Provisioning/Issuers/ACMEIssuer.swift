// SPDX-License-Identifier: Apache-2.0
package import ACME
package import Networking
package import Storage
package import TLS

/// A CA that speaks ACME, with one account for all names.
///
/// Lives on the control loop. The account is opened on first use, kept in storage, and opened anew
/// when the CA says that it does not exist.
package actor ACMEIssuer: Issuer {
    private nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    package nonisolated let name: String
    private let configuration: Configuration
    private let client: ACMEClient
    private let presenter: any ChallengePresenter
    private let keys: LeafKeys
    private let files: AccountFiles

    private var account: Account?
    private var opening: Task<Result<Account, any Error>, Never>?
    /// The account that the CA says it does not have.
    private var lost: ResourceURL?

    /// What the operator says about a CA.
    package struct Configuration: Sendable {
        package var directory: ResourceURL
        /// URLs such as "mailto:ops@example.com".
        package var contact: [String] = []
        /// In order of preference.
        package var challenges: [ChallengeType] = [.tlsALPN01, .http01]
        package var externalAccount: ExternalAccountBinding?
        package var profile: String?
        /// The common name of an issuer that chains should contain, where there is a choice.
        package var preferredIssuer: String?
        /// In place of what the directory says; for CAs whose directory says nothing.
        package var caaIdentities: [String] = []
        /// For one certificate, from the order to the chain.
        package var deadline = Duration.seconds(180)

        package init(directory: ResourceURL) {
            self.directory = directory
        }

        /// The directory's address as a folder name, with the external account: another one of
        /// those is another account.
        package var name: String {
            let address = directory.text.drop { $0 != "/" }.drop { $0 == "/" }
            let text = [String(address), externalAccount?.keyID].compactMap { $0 }
                .joined(separator: "-")
            return String(
                text.prefix(200).map { character in
                    character.isASCII && (character.isLetter || character.isNumber)
                        || character == "." ? character : "-"
                })
        }
    }

    /// `client` speaks with the configured directory. Nothing is asked before the first call.
    package init?(
        _ configuration: Configuration, client: ACMEClient, store: any KeyValueStore,
        presenter: any ChallengePresenter, keys: LeafKeys, loop: EventLoop
    ) {
        guard let key = StorageKey("accounts", configuration.name) else { return nil }
        name = configuration.name
        self.configuration = configuration
        self.client = client
        self.presenter = presenter
        self.keys = keys
        self.loop = loop
        files = AccountFiles(store, key: key)
    }

    // MARK: Issuer

    package func identity() async throws(IssuerError) -> CAAIdentity {
        try await blaming { [self] in
            let account = try await currentAccount()
            let stated = try await client.directory().caaIdentities
            let domains = configuration.caaIdentities.isEmpty ? stated : configuration.caaIdentities
            return CAAIdentity(
                issuer: name, domains: domains, accountURI: account.url.text,
                methods: configuration.challenges.map(\.rawValue))
        }
    }

    package func issue(
        _ request: IssuanceRequest
    ) async throws(IssuerError) -> IssuedCertificate {
        try await blaming { [self] in
            let account = try await currentAccount()
            do { return try await order(request, for: account) } catch let error as ACMEError
                where error.isAccountMissing
            {
                forget(account)
                return try await order(request, for: try await currentAccount())
            }
        }
    }

    package func renewalInfo(
        for certificate: Certificate
    ) async throws(IssuerError) -> RenewalInfo? {
        guard let id = CertificateID(certificate) else { return nil }
        return try await blaming { [self] in try await client.renewalInfo(for: id) }
    }

    package func revoke(
        _ certificate: Certificate, because reason: RevocationReason
    ) async throws(IssuerError) {
        try await blaming { [self] in
            let account = try await currentAccount()
            try await client.revoke(certificate, because: reason, by: .account(account))
        }
    }

    // MARK: Ordering

    private func order(
        _ request: IssuanceRequest, for account: Account
    ) async throws -> IssuedCertificate {
        let material = try await KeyMaterial(request, by: keys)
        let wanted = CertificateOrder(
            names: request.names, csr: material.request, challenges: configuration.challenges,
            methods: request.permitted(configuration.challenges, to: name),
            profile: configuration.profile,
            replaces: try await replaced(request.replaces, by: account),
            preferredIssuer: configuration.preferredIssuer, deadline: configuration.deadline)
        let ordered = try await client.obtain(
            wanted, for: account, presenting: presenter, progress: request.progress)
        try check(ordered.chain.leaf, against: request.names, material)
        return IssuedCertificate(
            chain: ordered.chain, key: material.key, issuer: name, accountURL: account.url.text,
            orderURL: ordered.orderURL.text, certificateID: CertificateID(ordered.chain.leaf))
    }

    /// RFC 9773 §5: a CA refuses `replaces` for what another account ordered, and one without
    /// renewal information does not know the word.
    private func replaced(
        _ prior: PriorCertificate?, by account: Account
    ) async throws -> CertificateID? {
        guard let prior, prior.issuer == name, prior.accountURL == account.url.text,
            try await client.directory().renewalInfo != nil
        else { return nil }
        return prior.certificateID
    }

    private func check(
        _ leaf: Certificate, against names: [CertificateName], _ material: KeyMaterial
    ) throws {
        let step = ACMEStep.download(names.map(\.text).joined(separator: ", "))
        guard try material.isCertified(by: leaf) else {
            throw ACMEError(step: step, cause: .malformed("it certifies another key"))
        }
        for name in names where !leaf.names.contains(where: { $0.includes(name) }) {
            throw ACMEError(step: step, cause: .malformed("it does not cover \(name)"))
        }
    }

    // MARK: The account

    /// One opening for all who wait.
    private func currentAccount() async throws -> Account {
        if let account { return account }
        let opening = opening ?? Task { await openAccount() }
        self.opening = opening
        return try await opening.value.get()
    }

    private func openAccount() async -> Result<Account, any Error> {
        defer { opening = nil }
        do {
            let account = try await loadOrOpenAccount()
            self.account = account
            return .success(account)
        } catch {
            return .failure(error)
        }
    }

    private func loadOrOpenAccount() async throws -> Account {
        let stored = try await files.load()
        if let stored, let document = stored.document, document.url != lost,
            document.directory == configuration.directory.text
        {
            return Account(url: document.url, key: stored.key)
        }
        let key: PrivateKey
        if let stored {
            key = stored.key
        } else {
            key = try PrivateKey.generate(.p256)
            try await files.save(key)
        }
        let account = try await client.openAccount(
            AccountRequest(
                contact: configuration.contact, termsOfServiceAgreed: true,
                externalAccount: configuration.externalAccount), key: key)
        try await files.save(
            AccountFiles.Document(
                directory: configuration.directory.text, url: account.url,
                contact: configuration.contact))
        return account
    }

    private func forget(_ missing: Account) {
        guard account?.url == missing.url else { return }
        account = nil
        lost = missing.url
    }

    private func blaming<R>(_ body: () async throws -> R) async throws(IssuerError) -> R {
        do { return try await body() } catch {
            throw IssuerError(
                issuer: name, class: (error as? ACMEError)?.class ?? .local, underlying: error)
        }
    }
}
