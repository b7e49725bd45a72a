// SPDX-License-Identifier: Apache-2.0

/// What was measured, to be told as text, JSON or a page.
package struct LoadReport: Sendable {
    package let plan: LoadPlan
    /// One or two.
    package let targets: [TargetResult]

    package init(plan: LoadPlan, targets: [TargetResult]) {
        self.plan = plan
        self.targets = targets
    }

    /// nil with one target.
    package var comparison: Comparison? {
        targets.count == 2 ? Comparison(targets[0], targets[1]) : nil
    }

    /// Those whose rate and latency are this client's own, because it had no CPU time left.
    package var limitedByClient: [TargetResult] {
        targets.filter { $0.clientBusiest >= Self.busyShare }
    }

    /// Whether the client could not do more against one of them.
    package var isClientBottleneck: Bool { !limitedByClient.isEmpty }

    /// A thread that waits for something now and then cannot be the limit.
    private static let busyShare = 0.95
}
