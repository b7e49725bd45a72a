// SPDX-License-Identifier: Apache-2.0
package import Registry

/// Who has sent a request: a client of the configuration, known by its secret or a token.
package struct ManagementClient: Hashable, Sendable {
    /// What a client may do.
    package enum Scope: String, CaseIterable, Sendable {
        case read
        case write
        /// Private keys may be downloaded.
        case keys
    }

    package let applicationID: String
    package let account: String
    package let scopes: Set<Scope>

    package init(applicationID: String, account: String, scopes: Set<Scope>) {
        self.applicationID = applicationID
        self.account = account
        self.scopes = scopes
    }

    /// On whose behalf a request does what it does.
    package func caller(requestID: String, cause: Event.Cause = .api) -> Caller {
        Caller(account: account, actor: applicationID, requestID: requestID, cause: cause)
    }
}

/// How a request says who has sent it; dialects find it in their own fields.
package enum PresentedSecret: Hashable, Sendable {
    /// An `application_id` and its secret: Basic, or two fields of a dialect's.
    case pair(id: String, secret: String)
    /// A secret alone, or a token of ours: Bearer, or a field of a dialect's.
    case secret(String)

    var text: String {
        switch self {
        case .pair(_, let secret), .secret(let secret): secret
        }
    }

    /// Whether it is meant for this client, if it is for one in particular.
    func isFor(_ client: ManagementClient) -> Bool {
        switch self {
        case .pair(let id, _): id == client.applicationID
        case .secret: true
        }
    }
}

/// What became of it.
package enum AccessDecision: Hashable, Sendable {
    case client(ManagementClient)
    /// Nothing was presented, or nothing that is right.
    case unknown
    /// There were too many failures from this address: not even the right secret counts for so long.
    case lockedOut(seconds: Int)

    static func lockedOut(_ left: Duration) -> AccessDecision {
        .lockedOut(seconds: Int(left.components.seconds) + 1)
    }
}
