// SPDX-License-Identifier: Apache-2.0
import Storage

extension Registry {
    /// Reads, changes and tells in one commit, which changes that come together share. `body` may be run
    /// several times: it is begun again when somebody else has changed what it read, or when it had no room
    /// in a commit. Changes are made one after another: `body` waits for nothing but what it reads, and
    /// never asks for another change. It sees what those before it have done, but not where it asks the
    /// registry in place of its draft.
    ///
    /// A `body` that names an actor's `self` would leave the registry's isolation, and does not compile:
    /// it captures what it needs, such as `[clock]`, or the actor as another constant.
    ///
    /// Returns after the commit. A caller that is cancelled meanwhile is answered all the same: `body` is
    /// run by the registry's own task. Throws what `body` throws, `StorageError`, `RegistryError`; nothing
    /// was changed then.
    package func change<R: Sendable>(
        by caller: Caller, _ body: @escaping @Sendable (RegistryDraft) async throws -> R
    ) async throws -> R {
        guard waiting.count < Self.waitingMax else { throw RegistryError.busy }
        return try await withCheckedThrowingContinuation { continuation in
            waiting.append(PendingChange(by: caller, continuation, body))
            guard !isChanging else { return }
            isChanging = true
            Task { await makeChanges() }
        }
    }

    /// Until none waits. What comes during a commit is for the next one: it reads what the store has then.
    private func makeChanges() async {
        while let first = waiting.first {
            let batch = ChangeBatch(of: store, eventsMax: eventsMax)
            // Smaller after each conflict, down to one: what is always overtaken holds up no other.
            let countMax = max(batchMax >> first.conflicts, 1)
            while batch.count < countMax, !batch.isFull, !waiting.isEmpty {
                let next = waiting.removeFirst()
                let draft = RegistryDraft(
                    in: batch, by: next.caller, reserved: reserved, objectsMax: objectsMax,
                    at: clock())
                guard await batch.run(next, on: draft) else {
                    waiting.insert(next, at: 0)
                    break
                }
            }
            beginAgain(await batch.commit())
        }
        isChanging = false
    }

    private func beginAgain(_ changes: [PendingChange]) {
        for change in changes { change.conflicts += 1 }
        let isOvertaken = { (change: PendingChange) in change.conflicts >= Self.attemptsMax }
        for change in changes.filter(isOvertaken) { change.fail(RegistryError.contended) }
        waiting.insert(contentsOf: changes.filter { !isOvertaken($0) }, at: 0)
    }
}
