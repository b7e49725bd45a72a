// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// Why a call is declined, before a dialect has put it into its own shape.
enum DialectFault: Error {
    case unauthenticated
    /// Too many failures from that address.
    case lockedOut(seconds: Int)
    /// The client lacks a scope.
    case forbidden(ManagementClient.Scope)
    case noSuchCall
    /// The value of an `Allow` field (RFC 9110 §10.2.1).
    case methodNotAllowed(allow: String)
    /// The message could not be read.
    case request(RequestFault)
    /// The body is no JSON, or one of its members cannot be.
    case field(FieldFault)
    /// What is asked for cannot be done.
    case declined(LifecycleError)

    /// Whatever a handler has thrown.
    init(_ error: any Error) {
        switch error {
        case let fault as DialectFault: self = fault
        case let error as LifecycleError: self = .declined(error)
        case let fault as FieldFault: self = .field(fault)
        default: self = .declined(.unavailable("\(error)"))
        }
    }
}
