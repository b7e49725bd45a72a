// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
import TLS

/// Decides who a request comes from. On the management loop.
///
/// Secrets are kept as hashes only, and compared with those of every client, known or not, in a time that
/// says nothing. Who keeps failing is shut out: see `LockOut`.
package actor AccessControl {
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    /// Told of an address that is locked out from now on, of the `application_id` that it presented
    /// last, if it was one of ours, and of that request.
    package typealias LockOutObserver =
        @Sendable (_ address: IPAddress, _ client: ManagementClient?, _ requestID: String) async ->
        Void

    private let loop: EventLoop
    private let tokenKey: [UInt8]
    private let salt = Digest.randomBytes(16)
    private let now: @Sendable () -> Instant
    private let date: @Sendable () -> Date
    private let lockedOut: LockOutObserver
    private var clients: [Entry] = []
    private var failures: LockOut

    /// A client and the hash of its secret under the salt of this process.
    private struct Entry {
        let client: ManagementClient
        let hash: [UInt8]
        let binding: String
    }

    package init(
        _ credentials: [ClientCredential], tokenKey: [UInt8], on loop: EventLoop,
        lockOut: LockOut.Configuration = .init(),
        now: @escaping @Sendable () -> Instant = { .now },
        date: @escaping @Sendable () -> Date = { Date() },
        lockedOut: @escaping LockOutObserver = { _, _, _ in }
    ) {
        self.loop = loop
        self.tokenKey = tokenKey
        self.now = now
        self.date = date
        self.lockedOut = lockedOut
        failures = LockOut(lockOut)
        clients = Self.entries(credentials, salt: salt, tokenKey: tokenKey)
    }

    /// Who may call from now on.
    package func adopt(_ credentials: [ClientCredential]) {
        clients = Self.entries(credentials, salt: salt, tokenKey: tokenKey)
    }

    /// Whether a client that was let in would be let in now, to do the same.
    func knows(_ client: ManagementClient) -> Bool {
        clients.contains { $0.client == client }
    }

    /// Who presents this. The first secret that is right counts, unless its client is shut out at that
    /// address; nothing presented is no failure. What a shut-out client presents has the answer of a wrong
    /// secret, whatever it is: guesses learn nothing.
    package func authenticate(
        _ presented: [PresentedSecret], from address: IPAddress, requestID: String
    ) async -> AccessDecision {
        let presented = presented.prefix(Self.presentedMax)
        guard let first = presented.first else { return .unknown }
        let now = now()
        if let left = failures.remaining(for: .everybody, at: address, now) {
            return .lockedOut(left)
        }
        for (place, secret) in presented.enumerated() {
            let holder = bearer(of: secret)
            guard let client = holder ?? owner(of: secret, at: address, now) else { continue }
            // What stood before the right one was a guess all the same.
            await noteFailures(of: presented.prefix(place), from: address, requestID, now)
            if holder == nil { failures.succeeded(client.applicationID, at: address) }
            return .client(client)
        }
        let left = failures.remaining(for: subject(of: first), at: address, now)
        await noteFailures(of: presented, from: address, requestID, now)
        return left.map { .lockedOut($0) } ?? .unknown
    }

    /// The client whose secret this is, unless it is shut out at that address.
    private func owner(
        of presented: PresentedSecret, at address: IPAddress, _ now: Instant
    ) -> ManagementClient? {
        guard let client = entry(with: presented)?.client,
            failures.remaining(for: .client(client.applicationID), at: address, now) == nil
        else { return nil }
        return client
    }

    private func noteFailures(
        of presented: ArraySlice<PresentedSecret>, from address: IPAddress, _ requestID: String,
        _ now: Instant
    ) async {
        var isShutOut = false
        // A token of ours whose time is over, or whose secret was changed, is no guess.
        for secret in presented where AccessToken(secret.text, key: tokenKey) == nil {
            let guess = hash(of: secret.text).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            if failures.failed(subject(of: secret), with: guess, at: address, now) {
                isShutOut = true
            }
        }
        if isShutOut { await lockedOut(address, named(by: presented), requestID) }
    }

    /// A signed text that stands for so long for the client whose secret this is; nil for everybody else.
    /// A token gets no other token: it would never end.
    package func issueToken(
        to presented: [PresentedSecret], lifetime: Duration
    ) -> String? {
        let known = presented.prefix(Self.presentedMax).compactMap { entry(with: $0) }
        guard let known = known.first else { return nil }
        let expiry = Int(date().timeIntervalSince1970) + Int(lifetime.components.seconds)
        return AccessToken(
            applicationID: known.client.applicationID, expiry: expiry, binding: known.binding
        ).text(key: tokenKey)
    }

    /// Secrets that one request may try.
    private static let presentedMax = 4

    /// The client with this secret. Every client's is compared, whatever the id is.
    private func entry(with presented: PresentedSecret) -> Entry? {
        let hash = hash(of: presented.text)
        var found: Entry?
        for entry in clients {
            let isRight = Digest.constantTimeEquals(hash, entry.hash)
            if isRight, presented.isFor(entry.client) { found = entry }
        }
        return found
    }

    private func hash(of secret: String) -> [UInt8] {
        Digest.sha256(salt + Digest.sha256(Array(secret.utf8)))
    }

    /// The client of a token, which may stand in the place of the secret.
    private func bearer(of presented: PresentedSecret) -> ManagementClient? {
        guard let token = AccessToken(presented.text, key: tokenKey),
            token.expiry > Int(date().timeIntervalSince1970)
        else { return nil }
        return clients.first {
            $0.client.applicationID == token.applicationID && $0.binding == token.binding
                && presented.isFor($0.client)
        }?.client
    }

    private func subject(of presented: PresentedSecret) -> LockOut.Subject {
        named(by: [presented]).map { .client($0.applicationID) } ?? .unnamed
    }

    private func named(by presented: ArraySlice<PresentedSecret>) -> ManagementClient? {
        for case .pair(let id, _) in presented {
            if let entry = clients.first(where: { $0.client.applicationID == id }) {
                return entry.client
            }
        }
        return nil
    }

    private static func entries(
        _ credentials: [ClientCredential], salt: [UInt8], tokenKey: [UInt8]
    ) -> [Entry] {
        credentials.map { credential in
            Entry(
                client: credential.client, hash: Digest.sha256(salt + credential.secretHash),
                binding: AccessToken.binding(to: credential, key: tokenKey))
        }
    }
}
