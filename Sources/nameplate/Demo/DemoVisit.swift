// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import HTTP
import Networking
import TLS

/// One visit over a connection of its own, and how long each part of it took.
struct DemoVisit: Sendable {
    var connect = Duration.zero
    var handshake = Duration.zero
    var answer = Duration.zero
    /// "TLSv1.3, TLS_AES_128_GCM_SHA256".
    var session = ""
    var status = 0
    /// The first line of the answer's body.
    var greeting = ""

    var total: Duration { connect + handshake + answer }

    /// Visits `name` at `edge`, verifying chain and name. On `loop`.
    static func make(
        to name: ServerName, at edge: SocketAddress, trusting root: Certificate,
        on loop: EventLoop
    ) async -> Result<DemoVisit, EdgeError> {
        do {
            let context = try ClientContext(
                trustedRoots: .pem(try root.pem), alpn: ["http/1.1"])
            var visit = DemoVisit()
            let start = Instant.now
            let socket = try await TCPSocket.connect(to: edge, on: loop, timeout: .seconds(5))
            let connected = Instant.now
            let tls = try TLSConnection(
                client: context, descriptor: socket.descriptor, serverName: name.text)
            let transport = Transport(socket, tls: tls)
            defer { transport.close() }
            transport.deadline = connected + patience
            try await transport.handshake()
            let secured = Instant.now
            visit.connect = start.duration(to: connected)
            visit.handshake = connected.duration(to: secured)
            visit.session = [tls.protocolVersion, tls.cipher].compactMap(\.self)
                .joined(separator: ", ")
            try await visit.ask(name, over: transport)
            visit.answer = secured.duration(to: .now)
            return .success(visit)
        } catch {
            return .failure(EdgeError("visiting \(name): \(error)"))
        }
    }

    private mutating func ask(_ name: ServerName, over transport: Transport) async throws {
        let channel = Channel(transport)
        channel.output.append("GET / HTTP/1.1\r\nHost: \(name)\r\nConnection: close\r\n\r\n")
        try await channel.flush()
        while try await channel.fill() > 0 {}
        let text = String(decoding: channel.input.take(channel.input.readableCount), as: UTF8.self)
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ")
        guard words.count > 1, let status = Int(words[1]), let end = lines.firstIndex(of: "")
        else { throw EdgeError("the answer is no HTTP: \(JSON5Value.quoted(text))") }
        self.status = status
        greeting = lines.dropFirst(end + 1).first.map { String($0.prefix { !$0.isNewline }) } ?? ""
        guard status == 200 else { throw EdgeError("the answer has status \(status)") }
    }

    /// Longer than a handshake may be held.
    private static let patience = Duration.seconds(20)
}
