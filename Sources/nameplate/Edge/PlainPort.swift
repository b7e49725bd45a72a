// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Provisioning
import TLS

/// What the port in the clear answers. On one data loop.
///
/// 1. `/.well-known/acme-challenge/<token>`: the key authorization, if a challenge for that token
///    and that very host is on show; else 404. A CA must never be sent elsewhere by us.
/// 2. A host that is served from memory: 308 to the same target over https.
/// 3. A host that is refused, or no host name at all: 404.
/// 4. A host that nobody has asked for yet: 308 if its handshake would be given a certificate, as
///    far as permission and DNS can say. No order is placed; that is left to the handshake.
final class PlainPort {
    struct Configuration: Sendable {
        var limits = HTTP1Limits()
        var timeouts = ServerConnection.Timeouts()
        /// Where https is when the client was on a port other than 80.
        var httpsPort: UInt16 = 443
    }

    var configuration: Configuration
    private let certificates: LoopCertificates
    private let provisioner: Provisioner
    private var clock = ResponseClock()

    init(
        _ configuration: Configuration, certificates: LoopCertificates, provisioner: Provisioner
    ) {
        self.configuration = configuration
        self.certificates = certificates
        self.provisioner = provisioner
    }

    /// Answers one request after the other; the caller closes the connection.
    func serve(
        _ transport: Transport, _ member: ConnectionSet.Member, of connections: ConnectionSet
    ) async {
        let connection = ServerConnection(
            transport, limits: configuration.limits, timeouts: configuration.timeouts)
        do {
            while try await connection.nextRequest(member) {
                // No answer depends on a body: what follows one is not looked for.
                let endsHere = connection.request.framing != .none || connections.isDraining
                if endsHere { connection.closesAfterResponse = true }
                try await respond(to: connection)
                guard !connection.closesAfterResponse else {
                    return await connection.closeLingering()
                }
            }
        } catch {
            guard case .malformed(let fault) = error else { return }
            connection.closesAfterResponse = true
            guard (try? await answer(connection, .notFound(fault.status))) != nil else { return }
            await connection.closeLingering()
        }
    }

    /// What a request gets.
    enum Answer: Equatable {
        case keyAuthorization(String)
        case redirect(String)
        /// Nothing is here; with the status that says why.
        case notFound(Int)
    }

    private func respond(to connection: ServerConnection) async throws(ServerError) {
        let request = connection.request
        guard let host = ServerName(request.hostText) else {
            return try await answer(connection, .notFound(404))
        }
        if let token = Self.challengeToken(in: request.pathText) {
            let authorization = certificates.keyAuthorization(token: token, host: host)
            return try await answer(
                connection, authorization.map { .keyAuthorization($0) } ?? .notFound(404))
        }
        guard await isServed(host) else { return try await answer(connection, .notFound(404)) }
        let location = Self.location(
            host: host, port: request.port, httpsPort: configuration.httpsPort,
            target: request.targetForm == .origin ? request.targetText : "/")
        try await answer(connection, .redirect(location))
    }

    private func isServed(_ host: ServerName) async -> Bool {
        if certificates.serves(host) { return true }
        if certificates.refuses(host) { return false }
        return await provisioner.wouldServe(host)
    }

    private func answer(
        _ connection: ServerConnection, _ answer: Answer
    ) async throws(ServerError) {
        let date = clock.date()
        let (status, type, body): (Int, String, String) =
            switch answer {
            case .keyAuthorization(let text): (200, "application/octet-stream", text)
            case .redirect(let location): (308, "text/plain; charset=utf-8", "\(location)\n")
            case .notFound(let status):
                (
                    status, "text/plain; charset=utf-8",
                    "\(status) \(ReasonPhrase.of(status))\n"
                )
            }
        try await connection.respond(status, body: Array(body.utf8)) { output in
            output.append(.date, date.span)
            output.append("Content-Type: \(type)\r\n")
            if case .redirect(let location) = answer { output.append("Location: \(location)\r\n") }
        }
    }

    /// The token of a challenge's path (RFC 8555 §8.3).
    static func challengeToken(in path: String) -> String? {
        let prefix = "/.well-known/acme-challenge/"
        guard path.hasPrefix(prefix) else { return nil }
        return String(path.dropFirst(prefix.count))
    }

    /// The same target over https.
    ///
    /// Whoever reached us at port 80 reaches https at 443, whatever lies between; whoever named
    /// another port sees our own.
    static func location(
        host: ServerName, port: UInt16?, httpsPort: UInt16, target: String
    ) -> String {
        let isStandard = port == nil || port == 80 || httpsPort == 443
        return "https://\(host)\(isStandard ? "" : ":\(httpsPort)")\(target)"
    }
}
