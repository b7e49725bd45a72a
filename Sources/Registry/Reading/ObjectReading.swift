// SPDX-License-Identifier: Apache-2.0
package import Storage
package import TLS

/// Reads objects one by one: from what was committed, or as a change has left them so far.
///
/// No check of the account: that is the caller's.
package protocol ObjectReading {
    /// The object of that number.
    func object<Object: RegistryObject>(
        _ number: ObjectNumber<Object>
    ) async throws(StorageError) -> Object?

    /// The object that an index has under that key.
    func object<Object: RegistryObject>(
        at index: RecordKey
    ) async throws(StorageError) -> Object?
}

extension ObjectReading {
    package func domain(_ number: DomainNumber) async throws(StorageError) -> Domain? {
        try await object(number)
    }

    package func domain(named name: CertificateName) async throws(StorageError) -> Domain? {
        try await object(at: IndexEntry(.domainName, name.text, number: 0).key)
    }

    /// The domain of that name or, where there is none, of the wildcard that stands for it.
    package func domain(coveringOrNamed host: ServerName) async throws(StorageError) -> Domain? {
        if let own = try await domain(named: .exact(host)) { return own }
        guard let parent = host.parent else { return nil }
        return try await domain(named: .wildcard(of: parent))
    }

    package func certificate(
        _ number: CertificateNumber
    ) async throws(StorageError) -> ManagedCertificate? {
        try await object(number)
    }

    package func issuance(_ number: IssuanceNumber) async throws(StorageError) -> Issuance? {
        try await object(number)
    }

    package func version(
        _ number: VersionNumber
    ) async throws(StorageError) -> CertificateVersion? {
        try await object(number)
    }

    package func site(_ number: SiteNumber) async throws(StorageError) -> Site? {
        try await object(number)
    }

    package func site(hosting host: ServerName) async throws(StorageError) -> Site? {
        try await object(at: IndexEntry(.siteHost, host.text, number: 0).key)
    }

    package func webhook(_ number: WebhookNumber) async throws(StorageError) -> Webhook? {
        try await object(number)
    }

    package func contact(_ number: ContactNumber) async throws(StorageError) -> Contact? {
        try await object(number)
    }
}
