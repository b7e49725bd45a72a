// SPDX-License-Identifier: Apache-2.0
package import HTTP
package import Networking
import Registry

/// Which addresses webhooks may lead to. Whoever may make a webhook could otherwise have us send requests
/// to what only we can reach: our own ports, the neighbours' consoles, the cloud's metadata.
package struct WebhookTargets: Sendable {
    /// `management.webhooks.allow`: blocks that are not refused, by `http` either.
    package var allowed: [AddressBlock]

    package init(allowed: [AddressBlock] = []) {
        self.allowed = allowed
    }

    /// Whether an address may be connected to: by `https` whatever is public, by `http` only what is
    /// allowed expressly, for others on the way could read the events.
    package func admits(_ address: IPAddress, by scheme: HTTPURL.Scheme) -> Bool {
        let address = address.unmapped
        if allowed.contains(address) { return true }
        return scheme == .https && !AddressBlock.special.contains(address)
    }

    /// What is wrong with a webhook's URL as far as it can be told without a lookup; nil: nothing.
    package func fault(of text: String) -> String? {
        guard text.utf8.count <= Webhook.urlBytesMax, let url = HTTPURL(text), url.port > 0 else {
            return "expected an absolute https URL without user information"
        }
        if let address = IPAddress(url.host) {
            guard admits(address, by: url.scheme) else { return refusal(of: "\(address)") }
        } else if url.scheme != .https, allowed.isEmpty {
            return "expected an https URL"
        }
        return nil
    }

    func refusal(of target: String) -> String {
        "\(target) is not a public address that is reached by https, and not among "
            + "management.webhooks.allow"
    }
}
