// SPDX-License-Identifier: Apache-2.0
package import TLS

/// Whether the operator's application wants a name to be served, before any DNS.
package protocol NamePermission: Sendable {
    func mayServe(_ name: ServerName) async -> PermissionAnswer
}

package enum PermissionAnswer: Hashable, Sendable {
    case allowed
    /// No, in the application's words.
    case denied(String)
    /// No answer, and why.
    case unanswered(String)
}
