// SPDX-License-Identifier: Apache-2.0
package import Networking
package import TLS

/// Why a transport could not go on.
package enum TransportError: Error, CustomStringConvertible {
    /// The socket: a deadline, a reset, the kernel.
    case stream(StreamError)
    /// The TLS layer: what the peer did, what our certificate was.
    case tls(TLSError)

    package var isTimeout: Bool {
        if case .stream(.timedOut) = self { true } else { false }
    }

    package var description: String {
        switch self {
        case .stream(let error): error.description
        case .tls(let error): error.description
        }
    }
}
