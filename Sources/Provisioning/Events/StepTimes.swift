// SPDX-License-Identifier: Apache-2.0
import ACME
import Networking

/// Measures the steps of one provision: each lasts until the next one is done.
///
/// On the control loop.
final class StepTimes {
    private(set) var times: [StepTime] = []
    private var last: Instant

    init(start: Instant) {
        last = start
    }

    /// `step` was being done since the last call.
    func done(_ step: ProvisioningStep, at now: Instant) {
        let duration = last.duration(to: now)
        last = now
        if let previous = times.last, previous.step == step {
            times[times.count - 1] = StepTime(step, previous.duration + duration)
        } else {
            times.append(StepTime(step, duration))
        }
    }
}

extension ACMEStep {
    /// The part of a provision that it belongs to.
    var provisioningStep: ProvisioningStep {
        switch self {
        case .readDirectory, .openAccount, .placeOrder, .readAuthorization: .order
        case .present, .validate, .authorize: .validation
        case .finalize, .download, .readRenewalInfo, .revoke: .finalize
        }
    }
}
