// SPDX-License-Identifier: Apache-2.0
package import DNS
package import TLS

extension DNSName {
    /// Every host name is a domain name.
    package init(_ name: ServerName) {
        guard let converted = DNSName(name.text) else {
            preconditionFailure("a host name keeps to the limits of a domain name")
        }
        self = converted
    }
}
