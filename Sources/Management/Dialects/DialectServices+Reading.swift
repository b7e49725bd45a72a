// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

/// A certificate with what dialects tell together with it.
struct KnownCertificate: Sendable {
    let certificate: ManagedCertificate
    /// Nil before the first one is signed.
    let version: CertificateVersion?
    /// The newest attempt.
    let issuance: Issuance?

    var commonName: String { certificate.names.first?.text ?? "" }
    /// PEM of the certificate, then of its issuers.
    var chain: [String] { version?.chain.map { PEMBlocks.split($0) } ?? [] }
}

extension DialectServices {
    func known(
        _ certificate: ManagedCertificate, for caller: Caller
    ) async throws(LifecycleError) -> KnownCertificate {
        var version: CertificateVersion?
        if let number = certificate.currentVersion {
            version = try await lifecycle.version(number, for: caller)
        }
        var issuance: Issuance?
        if let number = certificate.openIssuance ?? certificate.issuances.last {
            issuance = try await lifecycle.issuance(number, for: caller)
        }
        return KnownCertificate(certificate: certificate, version: version, issuance: issuance)
    }

    /// The account's domain of that name; nil where it has none.
    func domain(
        _ name: CertificateName, for caller: Caller
    ) async throws(LifecycleError) -> Domain? {
        do throws(LifecycleError) {
            return try await lifecycle.domain(.name(name), for: caller)
        } catch {
            switch error {
            case .notFound: return nil
            default: throw error
            }
        }
    }

    /// A certificate that was not deleted.
    func certificate(
        _ number: CertificateNumber, for caller: Caller
    ) async throws(LifecycleError) -> ManagedCertificate {
        let certificate = try await lifecycle.certificate(number, for: caller)
        guard !certificate.isDeleted else { throw .notFound(.certificate, "\(number)") }
        return certificate
    }
}

/// Part of a list that is fetched by numbered pages of the same size, wherever the part begins.
func elements<Element: Sendable>(
    _ range: Range<Int>,
    _ fetch: (_ page: Int, _ size: Int) async throws(LifecycleError) -> NumberedPage<Element>
) async throws(LifecycleError) -> NumberedPage<Element> {
    let size = max(1, range.count)
    let (page, skipped) = range.lowerBound.quotientAndRemainder(dividingBy: size)
    var found = try await fetch(page, size)
    if skipped > 0 {
        found.elements.removeFirst(min(skipped, found.elements.count))
        found.elements += try await fetch(page + 1, size).elements.prefix(skipped)
    }
    found.elements = Array(found.elements.prefix(range.count))
    return found
}

/// Several documents of PEM in one text.
enum PEMBlocks {
    /// One by one, each with its last line break.
    static func split(_ text: String) -> [String] {
        var blocks: [String] = []
        var block = ""
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("-----BEGIN ") { block = "" }
            block += line + "\n"
            if line.hasPrefix("-----END ") { blocks.append(block) }
        }
        return blocks
    }
}

extension CertificateName {
    /// Whether it is `domain` or lies below it.
    func isWithin(_ domain: CertificateName) -> Bool {
        let parent =
            switch domain {
            case .exact(let name), .wildcard(of: let name): name.text
            }
        return text == parent || text.hasSuffix("." + parent)
    }
}
