// SPDX-License-Identifier: Apache-2.0

/// What a server speaks.
package struct ServerTLSConfiguration: Sendable {
    /// Application protocols in the order we prefer them (RFC 7301). A client whose list has none of
    /// them is refused with `no_application_protocol`; a client without a list is served.
    package var applicationProtocols: [String]

    /// Whether clients get a ticket with which they may resume their session.
    package var issuesTickets: Bool

    package init(applicationProtocols: [String] = ["http/1.1"], issuesTickets: Bool = true) {
        self.applicationProtocols = applicationProtocols
        self.issuesTickets = issuesTickets
    }
}
