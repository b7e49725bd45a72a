// SPDX-License-Identifier: Apache-2.0
import Networking

/// Why an HTTP/2 connection ended before its peer asked for it.
package enum HTTP2ConnectionError: Error, CustomStringConvertible {
    /// The peer broke the protocol, or asked too much; it was told with GOAWAY.
    case fault(HTTP2Fault)
    case transport(TransportError)

    /// What the streams of the connection fail with.
    var transportError: TransportError {
        switch self {
        case .fault: .stream(.closed)
        case .transport(let error): error
        }
    }

    package var description: String {
        switch self {
        case .fault(let fault): "\(fault)"
        case .transport(let error): error.description
        }
    }
}
