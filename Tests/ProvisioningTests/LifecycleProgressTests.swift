// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import Testing

/// Every state of an issuance with every step: what the table does not name cannot happen.
@Suite struct LifecycleProgressTests {
    typealias Step = IssuanceProgress.Step

    private static let table: [Issuance.State: [Step: Issuance.State]] = [
        .draft: [.begin: .authorizing, .cancel: .canceled],
        .awaitingCertificate: [.issue: .installing, .cancel: .canceled],
        .awaitingDelegation: [
            .begin: .authorizing, .missDelegation: .awaitingDelegation,
            .giveUpDelegation: .delegationFailed, .cancel: .canceled,
        ],
        .authorizing: [
            .begin: .authorizing, .missDelegation: .awaitingDelegation,
            .failAuthorization: .authorizationFailed, .finalize: .finalizing, .reject: .rejected,
            .issue: .installing, .cancel: .canceled,
        ],
        .finalizing: [
            .begin: .authorizing, .missDelegation: .awaitingDelegation,
            .failAuthorization: .authorizationFailed, .finalize: .finalizing, .reject: .rejected,
            .issue: .installing, .cancel: .canceled,
        ],
        .installing: [.install: .done, .failInstallation: .installFailed],
    ]

    @Test(arguments: Issuance.State.allCases)
    func `an issuance goes where the table says and nowhere else`(state: Issuance.State) {
        for step in Step.allCases {
            var progress = IssuanceProgress(state)
            let next = Self.table[state]?[step]
            #expect(progress.take(step) == (next != nil), "\(state) \(step)")
            #expect(progress.state == next ?? state, "\(state) \(step)")
        }
    }

    @Test func `an end has no way out of it, and every other state has one to it`() {
        for state in Issuance.State.allCases {
            #expect(state.isOpen == (Self.table[state] != nil), "\(state)")
            guard state.isOpen else { continue }
            var reached: Set = [state]
            var new: Set = [state]
            while !new.isEmpty {
                new = Set(new.flatMap { (Self.table[$0] ?? [:]).values }).subtracting(reached)
                reached.formUnion(new)
            }
            #expect(reached.contains { !$0.isOpen }, "\(state)")
        }
    }
}
