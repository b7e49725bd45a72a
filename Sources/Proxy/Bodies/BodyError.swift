// SPDX-License-Identifier: Apache-2.0
import HTTP

/// Which end of a body's way failed: what becomes of the other end depends on it.
enum BodyError: Error {
    case source(String)
    case sink(TransportError)
    /// More came than may pass.
    case tooLarge
    /// The source sent something that is no body.
    case malformed(HTTP1Error)
}
