// SPDX-License-Identifier: Apache-2.0
package import ACME
import Foundation
package import HTTP
import Synchronization
import TLS

/// A CA in memory that does what RFC 8555 says, until a test scripts it to misbehave.
///
/// It takes the place of the HTTP client, keeps count of nonces, accounts and orders, and issues
/// real certificates. What real CAs do is pebble's to show; this one is for what they should not.
package final class ScriptedCA: ACMETransport, Sendable {
    package typealias Outcome = Result<ClientResponse, HTTPClientError>

    /// What a test may ask about and set.
    package struct Options: Sendable {
        /// How often an authorization is looked at before it is valid, and an order before it is.
        package var looks = 0
        /// Whether the order takes a moment to become ready after its authorizations are valid.
        package var isSlowToGetReady = false
        package var offersRenewalInfo = true
        package var offersChallenges = ["http-01", "tls-alpn-01", "dns-01", "unheard-of-01"]
        /// Signs with a key of its own in place of the one in the request.
        package var certifiesAnotherKey = false

        package init() {}
    }

    package struct Request: Sendable {
        package let method: String
        package let path: String
        /// The decoded payload of a signed request.
        package let payload: String
        package let nonce: String?
    }

    let state: Mutex<State>

    package init(_ options: Options = Options()) {
        state = Mutex(State(options: options))
    }

    package var directory: ResourceURL { ResourceURL(Self.base + "/dir")! }

    static let base = "https://ca.example"

    /// Answers the next requests to paths that begin so with these, then as it should.
    package func script(_ path: String, _ outcomes: Outcome...) {
        script(path, outcomes)
    }

    package func script(_ path: String, _ outcomes: [Outcome]) {
        state.withLock { $0.scripts[path, default: []] += outcomes }
    }

    package func change(_ change: @Sendable (inout Options) -> Void) {
        state.withLock { change(&$0.options) }
    }

    package var requests: [Request] { state.withLock { $0.requests } }
    package var accountCount: Int { state.withLock { $0.accounts.count } }
    package var orderCount: Int { state.withLock { $0.orders.count } }
    package var revoked: [String] { state.withLock { $0.revoked } }

    package func count(_ path: String) -> Int {
        requests.count { $0.path.hasPrefix(path) }
    }

    /// Loses every account, as pebble does when it restarts.
    package func forgetAccounts() {
        state.withLock { state in
            state.accounts = [:]
            state.accountNumber += 100
        }
    }

    package func send(
        _ request: ClientRequest, deadline: Duration, maxBody: Int
    ) async throws(HTTPClientError) -> ClientResponse {
        await Task.yield()
        return try state.withLock { state in state.answer(request) }.get()
    }
}

extension Result where Success == ClientResponse, Failure == HTTPClientError {
    /// A body of any kind.
    package static func answer(
        _ status: Int, _ type: String, _ body: String, _ fields: (String, String)...
    ) -> Self {
        .success(response(status, type, Array(body.utf8), fields))
    }

    /// A problem document in ACME's namespace.
    package static func problem(
        _ name: String, _ status: Int, _ fields: (String, String)...
    ) -> Self {
        let body = #"{"type":"urn:ietf:params:acme:error:\#(name)","detail":"scripted"}"#
        return .success(response(status, "application/problem+json", Array(body.utf8), fields))
    }
}

func response(
    _ status: Int, _ type: String, _ body: [UInt8], _ fields: [(String, String)]
) -> ClientResponse {
    var all = Fields()
    for (name, value) in [("content-type", type)] + fields {
        all.append(name: name.utf8.span, value: value.utf8.span)
    }
    return ClientResponse(status: status, fields: all, body: body)
}
