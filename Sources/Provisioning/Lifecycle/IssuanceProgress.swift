// SPDX-License-Identifier: Apache-2.0
package import Registry

/// Where an issuance stands and what can come next. Pure: who looks at DNS, asks the CA or writes
/// records is told by it whether a step still makes sense.
package struct IssuanceProgress: Hashable, Sendable {
    package private(set) var state: Issuance.State

    /// What happens to an issuance.
    package enum Step: CaseIterable, Sendable {
        /// The names are looked at and the CA is asked; again after a restart, with the next CA,
        /// because the delegation is there, or after an attempt that failed for what may pass.
        case begin
        /// A name neither points here nor is delegated.
        case missDelegation
        /// It was missing for too long.
        case giveUpDelegation
        /// The CA, or DNS, is against a name.
        case failAuthorization
        /// Every name is proven.
        case finalize
        /// The CA would not sign.
        case reject
        /// There is a signed certificate: from the CA, or uploaded.
        case issue
        /// It serves where it should.
        case install
        case failInstallation
        case cancel
    }

    package init(_ state: Issuance.State) {
        self.state = state
    }

    /// Takes a step; false, and nothing happens, where it cannot be taken.
    package mutating func take(_ step: Step) -> Bool {
        guard let next = Self.state(after: step, in: state) else { return false }
        state = next
        return true
    }

    private static func state(after step: Step, in state: Issuance.State) -> Issuance.State? {
        switch (state, step) {
        case (.draft, .begin), (.awaitingDelegation, .begin), (.authorizing, .begin),
            (.finalizing, .begin):
            .authorizing
        case (.authorizing, .missDelegation), (.finalizing, .missDelegation),
            (.awaitingDelegation, .missDelegation):
            .awaitingDelegation
        case (.awaitingDelegation, .giveUpDelegation): .delegationFailed
        case (.authorizing, .failAuthorization), (.finalizing, .failAuthorization):
            .authorizationFailed
        case (.authorizing, .finalize), (.finalizing, .finalize): .finalizing
        case (.authorizing, .reject), (.finalizing, .reject): .rejected
        case (.authorizing, .issue), (.finalizing, .issue), (.awaitingCertificate, .issue):
            .installing
        case (.installing, .install): .done
        case (.installing, .failInstallation): .installFailed
        case (.draft, .cancel), (.awaitingCertificate, .cancel), (.awaitingDelegation, .cancel),
            (.authorizing, .cancel), (.finalizing, .cancel):
            .canceled
        default: nil
        }
    }
}
