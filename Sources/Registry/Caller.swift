// SPDX-License-Identifier: Apache-2.0

/// On whose behalf something is done: what every change is attributed to.
package struct Caller: Hashable, Sendable {
    /// Whose objects it sees.
    package let account: String
    /// A client's `application_id`, or `edge` for what we do ourselves.
    package let actor: String
    package let requestID: String
    package let cause: Event.Cause

    package init(account: String, actor: String, requestID: String, cause: Event.Cause = .api) {
        self.account = account
        self.actor = actor
        self.requestID = requestID
        self.cause = cause
    }

    /// The account of clients for which none is configured, and of domains that come by a visit.
    package static var mainAccount: String { "main" }
}
