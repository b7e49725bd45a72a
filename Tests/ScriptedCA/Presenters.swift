// SPDX-License-Identifier: Apache-2.0
package import ACME
import Synchronization

/// Remembers what it was asked to present and to withdraw.
package final class RecordingPresenter: ChallengePresenter, Sendable {
    private let events = Mutex<[(isPresent: Bool, ChallengeResponse)]>([])

    package init() {}

    package func present(_ response: ChallengeResponse) async throws {
        events.withLock { $0.append((true, response)) }
    }

    package func withdraw(_ response: ChallengeResponse) async {
        events.withLock { $0.append((false, response)) }
    }

    package var presented: [ChallengeResponse] {
        events.withLock { $0.filter(\.isPresent).map(\.1) }
    }

    package var withdrawn: [ChallengeResponse] {
        events.withLock { $0.filter { !$0.isPresent }.map(\.1) }
    }
}

/// Cannot present anything.
package struct FailingPresenter: ChallengePresenter {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String { "port 80 is taken" }
    }

    package init() {}

    package func present(_ response: ChallengeResponse) async throws { throw Failure() }

    package func withdraw(_ response: ChallengeResponse) async {}
}
