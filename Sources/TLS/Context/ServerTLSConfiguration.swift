// SPDX-License-Identifier: Apache-2.0

/// What a server speaks.
package struct ServerTLSConfiguration: Sendable {
    /// Application protocols in the order we prefer them (RFC 7301). A client whose list has none of
    /// them is refused with `no_application_protocol`; a client without a list is served.
    package var applicationProtocols: [String]

    /// How many tickets a client gets with which it may resume its session: in TLS 1.2 one at most;
    /// with 0 no session is resumed.
    package var tickets: Int

    package init(applicationProtocols: [String] = ["http/1.1"], tickets: Int = 1) {
        self.applicationProtocols = applicationProtocols
        self.tickets = tickets
    }
}
