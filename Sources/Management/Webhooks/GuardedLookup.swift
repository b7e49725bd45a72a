// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Answers only addresses that a webhook may lead to. The client connects to what it answers and to
/// nothing else: a name that has another address the next moment (DNS rebinding) gains nothing.
struct GuardedLookup: HostLookup {
    let lookup: any HostLookup
    let scheme: HTTPURL.Scheme
    /// On the loop of the client.
    let targets: LoopBound<TargetsBox>

    func addresses(of host: String) async throws -> [IPAddress] {
        let addresses = try await lookup.addresses(of: host)
        let targets = await self.targets.loop.run { [targets] in targets.value.targets }
        let admitted = addresses.filter { targets.admits($0, by: scheme) }
        guard let first = addresses.first, admitted.isEmpty else { return admitted }
        throw TargetRefused(reason: targets.refusal(of: "\(first)"))
    }
}

/// The targets as they are configured now.
final class TargetsBox {
    var targets: WebhookTargets

    init(_ targets: WebhookTargets) {
        self.targets = targets
    }
}

struct TargetRefused: Error, CustomStringConvertible {
    let reason: String

    var description: String { reason }
}
