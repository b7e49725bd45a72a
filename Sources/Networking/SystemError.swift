// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A system call that failed: what was tried and what the kernel said.
///
/// Reads as a sentence: `bind 0.0.0.0:443: Permission denied`.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The value of `errno`.
    package let code: CInt
    /// What was being done, with its object: `bind 0.0.0.0:443`.
    package let operation: String

    package init(code: CInt, operation: String) {
        self.code = code
        self.operation = operation
    }

    /// The error that the last failed call of this thread left in `errno`.
    package static func last(_ operation: String) -> SystemError {
        SystemError(code: errno, operation: operation)
    }

    package var description: String {
        "\(operation): \(reason)"
    }

    /// The kernel's words alone: `Permission denied`.
    package var reason: String {
        // glibc's strerror keeps its text for a thread of its own since 2.32.
        String(cString: strerror(code))
    }
}

/// Why a read, a write or a wait on a socket ended without bytes.
package enum StreamError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The socket's deadline passed.
    case timedOut
    /// We closed it while something waited on it.
    case closed
    /// The peer reset the connection, or went away while we wrote.
    case reset
    /// Any other answer of the kernel.
    case system(SystemError)

    init(code: CInt, operation: String) {
        switch code {
        case ECONNRESET, EPIPE, ECONNABORTED: self = .reset
        case ETIMEDOUT: self = .timedOut
        default: self = .system(SystemError(code: code, operation: operation))
        }
    }

    package var description: String {
        switch self {
        case .timedOut: "timed out"
        case .closed: "closed"
        case .reset: "connection reset by peer"
        case .system(let error): error.description
        }
    }
}
