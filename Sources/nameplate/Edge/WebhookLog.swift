// SPDX-License-Identifier: Apache-2.0
import Management
import Registry

extension Log {
    /// Says what operators are to know of webhooks.
    func report(_ report: WebhookReport) {
        switch report {
        case .suppressed(let number, let why):
            warning(
                "webhook is left alone: it kept failing",
                ["webhook": .text(number.identifier), "why": .text(why)])
        case .storage(let why):
            error("storage failed", ["doing": .text("delivering webhooks"), "why": .text(why)])
        }
    }
}
