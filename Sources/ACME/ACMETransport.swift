// SPDX-License-Identifier: Apache-2.0
package import HTTP

/// Carries requests to a CA and answers back, whole: `HTTPClient`, or a script in tests.
package protocol ACMETransport {
    /// Throws when there is no whole answer of at most `maxBody` bytes within `deadline`.
    func send(
        _ request: ClientRequest, deadline: Duration, maxBody: Int
    ) async throws(HTTPClientError) -> ClientResponse
}

extension HTTPClient: ACMETransport {}
