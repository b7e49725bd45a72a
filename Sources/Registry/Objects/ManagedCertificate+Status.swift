// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Storage

extension ManagedCertificate {
    /// What its state amounts to, with its current version where it has one.
    package func status(_ current: CertificateVersion?, at now: Date) -> Status {
        if isDeleted { return .deleted }
        switch current?.state {
        case .issued, .active, .superseded:
            if openIssuance != nil { return .renewing }
            return current?.notAfter.map { $0 <= now } ?? false ? .expired : .active
        case .revoked:
            return openIssuance != nil ? .renewing : .revoked
        case .reserved, .deleted, nil:
            if openIssuance != nil { return .pending }
            return hasFailed ? .failed : .idle
        }
    }
}

extension Registry {
    package func currentVersion(
        of certificate: ManagedCertificate
    ) async throws(StorageError) -> CertificateVersion? {
        guard let number = certificate.currentVersion else { return nil }
        return try await version(number)
    }
}
