// SPDX-License-Identifier: Apache-2.0
import HTTP
package import Networking
package import TLS

/// Posts to webhooks: to addresses that are permitted, for as long as an attempt may take, without
/// following redirects. On one loop.
package final class WebhookSender: Sendable {
    private let targets: LoopBound<TargetsBox>
    private let secure: HTTPClient
    private let plain: HTTPClient

    /// How long one attempt may take, all in all.
    package static var deadline: Duration { .seconds(10) }
    /// Bytes of an answer's body, which nobody reads.
    package static var answerBytesMax: Int { 64 * 1024 }

    package init(
        loop: EventLoop, trustedRoots: TrustedRoots, lookup: any HostLookup, userAgent: String,
        targets: WebhookTargets = WebhookTargets()
    ) throws(TLSError) {
        let box = LoopBound(TargetsBox(targets), on: loop)
        var configuration = ClientConfiguration()
        configuration.connectionsPerOrigin = Webhooks.perTargetMax
        configuration.idlePerOrigin = 1
        func client(_ scheme: HTTPURL.Scheme) throws(TLSError) -> HTTPClient {
            try HTTPClient(
                loop: loop, trustedRoots: trustedRoots,
                lookup: GuardedLookup(lookup: lookup, scheme: scheme, targets: box),
                userAgent: userAgent, configuration: configuration)
        }
        self.targets = box
        secure = try client(.https)
        plain = try client(.http)
    }

    /// Takes up `management.webhooks.allow` as it was read again. Connections to what is no longer
    /// permitted are not used again.
    package func adopt(_ targets: WebhookTargets) {
        self.targets.value.targets = targets
        secure.closeIdle()
        plain.closeIdle()
    }

    /// What is wrong with a URL for a webhook, before any lookup; nil: nothing.
    package func fault(of url: String) -> String? {
        targets.value.targets.fault(of: url)
    }

    /// The status that the receiver answered.
    func post(
        _ message: WebhookMessage, to url: HTTPURL, deadline: Duration
    ) async throws(HTTPClientError) -> Int {
        // The client does not look up what is an address already.
        if let address = IPAddress(url.host), let reason = refusal(of: address, by: url.scheme) {
            throw .unresolvable(host: url.host, reason: reason)
        }
        let request = ClientRequest(
            method: "POST", url: url, fields: message.fields.map { ($0.name, $0.value) },
            body: message.body)
        let client = url.scheme == .https ? secure : plain
        return try await client.send(request, deadline: deadline, maxBody: Self.answerBytesMax)
            .status
    }

    private func refusal(of address: IPAddress, by scheme: HTTPURL.Scheme) -> String? {
        let targets = targets.value.targets
        return targets.admits(address, by: scheme) ? nil : targets.refusal(of: "\(address)")
    }
}
