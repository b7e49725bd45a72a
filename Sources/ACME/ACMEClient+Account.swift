// SPDX-License-Identifier: Apache-2.0
import Networking
package import TLS

extension ACMEClient {
    /// Opens an account for `key`, or finds the one that the key already has (RFC 8555 §7.3): to
    /// repeat the call after a crash is safe. The caller keeps the URL with the key.
    package func openAccount(
        _ request: AccountRequest, key: PrivateKey
    ) async throws(ACMEError) -> Account {
        let step = ACMEStep.openAccount
        let deadline = Instant.now + limits.request
        let url = try await directory().newAccount
        let binding: JSONWebSignature?
        do { binding = try request.externalAccount?.signature(for: key, url: url) } catch {
            throw ACMEError(step: step, cause: .local("\(error)"))
        }
        let body = NewAccount(
            contact: request.contact.isEmpty ? nil : request.contact,
            termsOfServiceAgreed: request.termsOfServiceAgreed, externalAccountBinding: binding)
        let answer = try await post(
            .json(body), to: url, by: .key(key), step: step, deadline: deadline)
        let resource: AccountResource = try answer.decode()
        guard resource.status == .valid else {
            throw ACMEError(step: step, cause: .accountClosed(resource.status.rawValue))
        }
        return Account(url: try answer.location(), key: key)
    }
}
