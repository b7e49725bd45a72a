// SPDX-License-Identifier: Apache-2.0
import Management
import Networking
import Registry

/// Tells of addresses that are locked out of the management API: in the log, and as an event of the
/// account whose client was tried.
struct LockOutWatch: Sendable {
    let registry: Registry
    let log: Log

    func record(_ address: IPAddress, _ client: ManagementClient?, _ request: String) async {
        let name = client?.applicationID ?? ""
        log.warning(
            "locked out of the management API after wrong secrets",
            ["address": .text(address.description), "client": name.isEmpty ? nil : .text(name)])
        let caller = Caller.edge(
            client?.account ?? Caller.mainAccount, because: .bound, request: request)
        do {
            try await registry.change(by: caller) { draft in
                draft.record(
                    .clientLockedOut, about: Event.Subject(.client, 0, name),
                    data: ["address": .string(address.description)])
            }
        } catch {
            log.error(
                "storage failed", ["doing": .text("noting a lock-out"), "why": .text("\(error)")])
        }
    }
}
