// SPDX-License-Identifier: Apache-2.0
package import ACME
package import Registry

/// Versions: signed certificates.
extension Lifecycle {
    package func version(
        _ number: VersionNumber, for caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        throw .unavailable("unwritten")
    }

    package func versions(
        _ filter: VersionFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<CertificateVersion> {
        throw .unavailable("unwritten")
    }

    /// The same by numbered pages, the first one being 0.
    package func versions(
        _ filter: VersionFilter, page: Int, size: Int, for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<CertificateVersion> {
        throw .unavailable("unwritten")
    }

    /// Takes in a signed certificate: with its key as a certificate of its own, or as the result of the
    /// issuance whose request was signed. Throws `.unfit` for what must not be served; nothing of it is
    /// stored then.
    package func upload(
        _ upload: VersionUpload, by caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        throw .unavailable("unwritten")
    }

    /// Puts another signed certificate in the place of one that was uploaded; the number stays. Where it
    /// is in service its successor is, when this returns.
    package func replace(
        _ number: VersionNumber, with upload: VersionUpload, by caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        throw .unavailable("unwritten")
    }

    /// Puts a version into service for its certificate's names, in the place of the one that is.
    package func activate(
        _ number: VersionNumber, by caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        throw .unavailable("unwritten")
    }

    /// Has its CA revoke a version, and takes it out of service. Throws `.conflict` where the CA is none
    /// of ours.
    package func revoke(
        _ number: VersionNumber, because reason: RevocationReason = .unspecified,
        by caller: Caller
    ) async throws(LifecycleError) -> CertificateVersion {
        throw .unavailable("unwritten")
    }

    /// Forgets a version that is not in service. Throws `.conflict` while it is, or is linked to a site.
    package func delete(
        _ number: VersionNumber, by caller: Caller
    ) async throws(LifecycleError) {
        throw .unavailable("unwritten")
    }

    /// The private key in PEM; that it was handed out is an event. Whether the client may ask for it is
    /// for the caller to know.
    package func privateKey(
        of number: VersionNumber, by caller: Caller
    ) async throws(LifecycleError) -> String {
        throw .unavailable("unwritten")
    }

    /// A version as a file, without its key. Throws `.notIssued` while there is none; the request can be
    /// had before.
    package func download(
        _ number: VersionNumber, as format: DownloadFormat, for caller: Caller
    ) async throws(LifecycleError) -> Download {
        throw .unavailable("unwritten")
    }
}
