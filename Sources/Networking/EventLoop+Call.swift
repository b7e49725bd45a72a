// SPDX-License-Identifier: Apache-2.0

extension EventLoop {
    /// Runs `body` as a task of the loop and answers what it answers. From any task.
    package func call<R: Sendable>(_ body: @escaping @Sendable () async -> R) async -> R {
        await Task(executorPreference: self, operation: body).value
    }
}
