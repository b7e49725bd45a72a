// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
import TLS

/// Decides who a request comes from. On the management loop.
///
/// Secrets are kept as hashes only, and compared with those of every client, known or not, in a time that
/// says nothing. An address that keeps failing is locked out.
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

    /// Who presents this. The first secret that is right counts; nothing presented is no failure.
    package func authenticate(
        _ presented: [PresentedSecret], from address: IPAddress, requestID: String
    ) async -> AccessDecision {
        guard !presented.isEmpty else { return .unknown }
        if let left = failures.remaining(for: address, at: now()) {
            return .lockedOut(seconds: Int(left.components.seconds) + 1)
        }
        for secret in presented.prefix(Self.presentedMax) {
            guard let client = client(presenting: secret) else { continue }
            failures.succeeded(address)
            return .client(client)
        }
        if failures.failed(address, at: now()) {
            await lockedOut(address, named(by: presented), requestID)
        }
        return .unknown
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

    private func client(presenting presented: PresentedSecret) -> ManagementClient? {
        if let entry = entry(with: presented) { return entry.client }
        // A token may stand in the place of the secret.
        switch presented {
        case .pair(let id, let text):
            return bearer(of: text).flatMap { $0.applicationID == id ? $0 : nil }
        case .secret(let text): return bearer(of: text)
        }
    }

    /// The client with this secret. Every client's is compared, whatever the id is.
    private func entry(with presented: PresentedSecret) -> Entry? {
        let (id, secret): (String?, String) =
            switch presented {
            case .pair(let id, let secret): (id, secret)
            case .secret(let secret): (nil, secret)
            }
        let hash = Digest.sha256(salt + Digest.sha256(Array(secret.utf8)))
        var found: Entry?
        for entry in clients {
            let isRight = Digest.constantTimeEquals(hash, entry.hash)
            if isRight, id == nil || id == entry.client.applicationID { found = entry }
        }
        return found
    }

    private func bearer(of text: String) -> ManagementClient? {
        guard let token = AccessToken(text, key: tokenKey),
            token.expiry > Int(date().timeIntervalSince1970)
        else { return nil }
        return clients.first {
            $0.client.applicationID == token.applicationID && $0.binding == token.binding
        }?.client
    }

    private func named(by presented: [PresentedSecret]) -> ManagementClient? {
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
