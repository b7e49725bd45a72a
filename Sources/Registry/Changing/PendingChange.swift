// SPDX-License-Identifier: Apache-2.0

/// One call of `Registry.change` on its way to a commit.
final class PendingChange {
    let caller: Caller
    /// Batches that it was in and that had to be begun again.
    var conflicts = 0
    /// Runs the body on a draft; what it answers gives the caller its answer.
    let run: (RegistryDraft) async throws -> () -> Void
    let fail: (any Error) -> Void

    init<R: Sendable>(
        by caller: Caller, _ continuation: CheckedContinuation<R, any Error>,
        _ body: @escaping @Sendable (RegistryDraft) async throws -> R
    ) {
        self.caller = caller
        run = { draft in
            let answer = try await body(draft)
            return { continuation.resume(returning: answer) }
        }
        fail = { continuation.resume(throwing: $0) }
    }
}
