// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Speaks ACME (RFC 8555) with one CA.
///
/// Keeps the directory and the nonces, nothing else: accounts and certificates are the caller's.
/// An actor on the control loop. Every wait ends by a deadline and on cancellation; any number of
/// calls may be under way at once.
package actor ACMEClient {
    nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    package nonisolated let directoryURL: ResourceURL
    nonisolated let limits: Limits
    let transport: any ACMETransport
    var nonces = NoncePool()

    private var known: (directory: Directory, until: Instant)?
    private var reading: Task<Result<Directory, ACMEError>, Never>?

    /// What bounds a conversation with a CA.
    package struct Limits: Sendable {
        /// For one request and its answer.
        package var request = Duration.seconds(30)
        /// For one answer; a chain is 5 KB, a directory 1 KB.
        package var bodyBytesMax = 512 * 1024
        /// How often one request is sent again because its nonce was refused.
        package var nonceRetries = 10
        /// The pauses before a request is sent again that never left, or that changes nothing and
        /// was answered with 5xx or not at all.
        package var retryPauses: [Duration] = [.milliseconds(100), .milliseconds(500), .seconds(2)]
        /// `Retry-After` on a 5xx is heeded up to here; a CA that wants longer is down.
        package var retryAfterMax = Duration.seconds(10)
        /// Authorizations of one order, and alternate chains looked at.
        package var authorizationsMax = 100
        package var alternatesMax = 8
        /// How long a directory is taken for granted.
        package var directoryLife = Duration.seconds(86_400)
        /// And how much longer each time that it cannot be read again.
        package var directoryGrace = Duration.seconds(60)

        package init() {}
    }

    /// `transport` belongs to the client from now on; it is used on `loop` only.
    package init(
        directory: ResourceURL, transport: sending any ACMETransport, loop: EventLoop,
        limits: Limits = Limits()
    ) {
        directoryURL = directory
        self.transport = transport
        self.loop = loop
        self.limits = limits
    }

    /// The CA's directory: read on first use and again after a day; one request for all who wait.
    /// When it cannot be read again, the old one stays in use: what it points at may well answer.
    package func directory() async throws(ACMEError) -> Directory {
        if let known, Instant.now < known.until { return known.directory }
        let reading = reading ?? Task { await readDirectory() }
        self.reading = reading
        return try await reading.value.get()
    }

    private func readDirectory() async -> Result<Directory, ACMEError> {
        defer { reading = nil }
        do throws(ACMEError) {
            let answer = try await get(
                directoryURL, step: .readDirectory, deadline: Instant.now + limits.request)
            let directory = try answer.decode(Directory.self)
            known = (directory, Instant.now + limits.directoryLife)
            return .success(directory)
        } catch {
            guard let old = known?.directory else { return .failure(error) }
            known = (old, Instant.now + limits.directoryGrace)
            return .success(old)
        }
    }

    /// A nonce that nobody else has: from an earlier answer, or asked for (RFC 8555 §7.2).
    func nonce(step: ACMEStep, deadline: Instant) async throws(ACMEError) -> Nonce {
        if let nonce = nonces.take() { return nonce }
        let url = try await directory().newNonce
        let answer = try await get(url, method: "HEAD", step: step, deadline: deadline)
        guard let nonce = answer.nonce else {
            throw ACMEError(step: step, cause: .malformed("newNonce gives no Replay-Nonce"))
        }
        return nonce
    }

    func pause(
        _ delay: Duration, step: ACMEStep, deadline: Instant
    ) async throws(ACMEError) {
        let left = Instant.now.duration(to: deadline)
        guard left > .zero else { throw ACMEError(step: step, cause: .timedOut) }
        do { try await loop.sleep(for: min(delay, left)) } catch {
            throw ACMEError(step: step, cause: .cancelled)
        }
    }
}
