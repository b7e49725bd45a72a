// SPDX-License-Identifier: Apache-2.0
import Registry

/// `sslStatus` and `secureStatus` of a domain.
enum EntriStatus: String, CaseIterable, Sendable {
    case inactive, active

    init(isServed: Bool) {
        self = isServed ? .active : .inactive
    }

    /// In lists, which go by what is known.
    init(_ state: Domain.State) {
        switch state {
        case .registered, .routed: self = .inactive
        case .secured, .misrouted: self = .active
        }
    }
}

/// `secure_status` of a webhook's message.
enum EntriSecureStatus: String, CaseIterable, Sendable {
    case pending, success, failed, exempt
}
