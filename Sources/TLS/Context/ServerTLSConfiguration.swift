// SPDX-License-Identifier: Apache-2.0

/// What a server speaks.
package struct ServerTLSConfiguration: Sendable {
    /// Application protocols in the order we prefer them (RFC 7301). A client whose list has none of
    /// them is refused with `no_application_protocol`; a client without a list is served.
    package var applicationProtocols: [String]

    package init(applicationProtocols: [String] = ["http/1.1"]) {
        self.applicationProtocols = applicationProtocols
    }
}
