// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// On whose behalf something is done: what every change is attributed to.
package struct Caller: Hashable, Sendable {
    /// Whose objects it sees.
    package let account: String
    /// A client's `application_id`, or `edge` for what we do ourselves.
    package let actor: String
    package let requestID: String
    package let cause: Event.Cause

    /// What its changes are made for, where that may be asked for again: the commit that does it says so.
    package let request: RepeatableRequest?

    package init(
        account: String, actor: String, requestID: String, cause: Event.Cause = .api,
        request: RepeatableRequest? = nil
    ) {
        self.account = account
        self.actor = actor
        self.requestID = requestID
        self.cause = cause
        self.request = request
    }

    /// The same with a request that may come again.
    package func making(_ request: RepeatableRequest) -> Caller {
        Caller(
            account: account, actor: actor, requestID: requestID, cause: cause, request: request)
    }

    /// The same for changes after which what was asked for is not done yet: a crash behind them has it
    /// done again.
    package var midway: Caller {
        Caller(account: account, actor: actor, requestID: requestID, cause: cause)
    }

    /// What we do ourselves; `request` says what has caused it, where a request did.
    package static func edge(
        _ account: String = Caller.mainAccount, because cause: Event.Cause,
        request: String = Caller.newRequestID()
    ) -> Caller {
        Caller(account: account, actor: edgeActor, requestID: request, cause: cause)
    }

    package static var edgeActor: String { "edge" }

    /// A UUID, as requests have.
    package static func newRequestID() -> String { UUID().uuidString.lowercased() }

    /// The account of clients for which none is configured, and of domains that come by a visit.
    package static var mainAccount: String { "main" }
}
