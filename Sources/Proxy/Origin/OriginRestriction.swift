// SPDX-License-Identifier: Apache-2.0
import Networking

/// Where origins may be that clients of the management API have set, as it is at the moment. On one loop.
final class OriginRestriction {
    var targets: OriginTargets

    init(_ targets: OriginTargets) {
        self.targets = targets
    }
}
