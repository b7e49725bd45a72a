// SPDX-License-Identifier: Apache-2.0
import Storage

extension Registry {
    /// Reads, changes and tells in one commit. `body` may be run several times: it is begun again when
    /// somebody else has changed what it read. Changes take turns, so that `body` waits for nothing but
    /// what it reads, and never asks for another change.
    ///
    /// A `body` that names an actor's `self` would leave the registry's isolation, and does not compile:
    /// it captures what it needs, such as `[clock]`, or the actor as another constant.
    ///
    /// Throws what `body` throws, `StorageError`, `RegistryError`; nothing was changed then.
    package func change<R: Sendable>(
        by caller: Caller, _ body: @Sendable (RegistryDraft) async throws -> R
    ) async throws -> R {
        try await takeTurn()
        defer { giveTurn() }
        for _ in 0..<Self.attemptsMax {
            let draft = RegistryDraft(
                of: store, by: caller, eventsMax: eventsMax, at: clock())
            let answer = try await body(draft)
            switch try await draft.commit() {
            case .committed: return answer
            case .conflict: continue
            }
        }
        throw RegistryError.contended
    }
}
