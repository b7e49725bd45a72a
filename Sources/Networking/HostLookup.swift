// SPDX-License-Identifier: Apache-2.0

/// Turns a host into addresses, for connections that we open: to origins, to CAs.
///
/// Here, below DNS and HTTP, so that neither of them has to know the other.
package protocol HostLookup: Sendable {
    /// The addresses of `host` (a name, or a numeric address without brackets), best first, never
    /// empty. Throws an error whose description says why there is none.
    func addresses(of host: String) async throws -> [IPAddress]
}
