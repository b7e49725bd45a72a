// SPDX-License-Identifier: Apache-2.0

/// A bound of `on_demand` that was reached, with its value.
package enum Overload: Error, Hashable, Sendable, CustomStringConvertible {
    case held(Int)
    case heldPerName(Int)
    case heldPerSource(Int)
    case flights(Int)
    case newNamesPerMinute(Int)

    package var description: String {
        switch self {
        case .held(let bound): "\(bound) handshakes are held already"
        case .heldPerName(let bound): "\(bound) handshakes are held for that name already"
        case .heldPerSource(let bound): "\(bound) handshakes are held from that source already"
        case .flights(let bound): "\(bound) certificates are being obtained already"
        case .newNamesPerMinute(let bound): "\(bound) new names were tried within a minute"
        }
    }
}

/// How much work strangers can cause by naming names.
package struct ProvisioningLimits: Hashable, Sendable {
    /// Handshakes that wait at once, in all. Default: 10,000.
    package var held = 10_000
    /// Handshakes that wait for one name. Default: 100.
    package var heldPerName = 100
    /// Handshakes that wait from one IPv4 address or IPv6 /64. Default: 256.
    package var heldPerSource = 256
    /// Certificates being obtained at once, from permission to publication. Default: 256.
    package var flights = 256
    /// Names a minute that are taken past storage: to `ask`, DNS and the CA. Default: 1000.
    package var newNamesPerMinute = 1000

    package init() {}
}
