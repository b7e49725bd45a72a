// SPDX-License-Identifier: Apache-2.0
import HTTP

/// What an exchange asks of the connection that its request goes over.
struct OriginDemand {
    /// Whether the request may be sent twice: then it may find a kept connection dead, and be an
    /// origin's trial.
    let isRepeatable: Bool
    /// Whether the connection is to become a tunnel (RFC 9110 §7.8).
    let isTunnel: Bool
    /// The ends of the client's connection, for a PROXY header.
    let client: ProxyHeader.Addresses?
}
