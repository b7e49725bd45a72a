// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
package import TLS

extension ACMEClient {
    /// Downloads the chain; one of the alternates when it suits better (RFC 8555 §7.4.2).
    func downloadChain(
        _ url: ResourceURL, _ ordering: Ordering
    ) async throws(ACMEError) -> CertificateChain {
        let step = ACMEStep.download(ordering.names)
        let (chain, alternates) = try await readChain(url, step: step, ordering)
        ordering.progress(step)
        guard let issuer = ordering.wanted.preferredIssuer, !chain.isIssued(by: issuer) else {
            return chain
        }
        for url in alternates.prefix(limits.alternatesMax) {
            // A chain that is merely preferred is not worth losing the one we have.
            let alternate = try? await readChain(url, step: step, ordering).chain
            if let alternate, alternate.isIssued(by: issuer) { return alternate }
        }
        return chain
    }

    private func readChain(
        _ url: ResourceURL, step: ACMEStep, _ ordering: Ordering
    ) async throws(ACMEError) -> (chain: CertificateChain, alternates: [ResourceURL]) {
        let type = "application/pem-certificate-chain"
        let answer = try await post(
            .none, to: url, by: .account(ordering.account), accept: type, step: step,
            deadline: ordering.deadline)
        guard answer.mediaType == type else {
            throw answer.malformed("\(answer.mediaType) where a chain was asked for")
        }
        do {
            let chain = try CertificateChain(pem: answer.response.body)
            return (chain, Link.targets("alternate", in: answer.response.all("link")))
        } catch {
            throw answer.malformed("no chain of certificates: \(error)")
        }
    }

    /// Revokes a certificate (RFC 8555 §7.6), by the account that ordered it or by its own key.
    /// One that is revoked already is no error.
    package func revoke(
        _ certificate: Certificate, because reason: RevocationReason,
        by signer: JSONWebSignature.Signer
    ) async throws(ACMEError) {
        let step = ACMEStep.revoke
        guard let url = try await directory().revokeCert else {
            throw ACMEError(step: step, cause: .malformed("the directory has no revokeCert"))
        }
        let body = Revocation(certificate: Base64URL.encode(certificate.der), reason: reason)
        do throws(ACMEError) {
            _ = try await post(
                .json(body), to: url, by: signer, step: step,
                deadline: Instant.now + limits.request)
        } catch {
            if case .problem(let problem, _, _) = error.cause, problem.name == "alreadyRevoked" {
                return
            }
            throw error
        }
    }

    /// When to renew a certificate (RFC 9773 §4.1); nil where the CA has no renewal information.
    package func renewalInfo(
        for certificate: CertificateID
    ) async throws(ACMEError) -> RenewalInfo? {
        let step = ACMEStep.readRenewalInfo(certificate)
        guard let base = try await directory().renewalInfo else { return nil }
        guard let url = ResourceURL("\(base)/\(certificate)") else {
            throw ACMEError(step: step, cause: .malformed("renewalInfo at \(base)"))
        }
        let answer = try await get(url, step: step, deadline: Instant.now + limits.request)
        let resource: RenewalInfoResource = try answer.decode()
        guard let info = resource.info(retryAfter: answer.retryAfter) else {
            throw answer.malformed("a window that is none")
        }
        return info
    }
}

extension CertificateChain {
    /// Whether any certificate in it was issued under that common name: the topmost one names the
    /// root, which is not sent.
    fileprivate func isIssued(by commonName: String) -> Bool {
        ([leaf] + intermediates).contains { $0.issuerCommonName == commonName }
    }
}
