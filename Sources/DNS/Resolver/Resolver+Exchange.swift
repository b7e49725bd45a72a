// SPDX-License-Identifier: Apache-2.0
import Networking

/// What the servers together made of one question: the message that was accepted, or none.
struct Reply: Sendable {
    var message: Message?
    var attempts: [Attempt] = []
    /// Nobody was asked: too many lookups under way.
    var isOverloaded = false

    /// Why there is no message.
    var failure: ResolutionFailure { isOverloaded ? .overloaded : attempts.failure }
}

extension Resolver {
    /// Asks one server after the other until one answers.
    ///
    /// A silent server is asked again in the next round, with more time; one that says that it
    /// cannot answer is not.
    func exchange(_ question: Question, by deadline: Instant) async -> Reply {
        var reply = Reply()
        var servers = configuration.servers[...]
        var silent: [SocketAddress] = []
        var timeout = configuration.tryTimeout
        for _ in 0..<configuration.maxTries {
            if servers.isEmpty {
                servers = silent[...]
                silent = []
                timeout += timeout
            }
            guard let server = servers.popFirst(), .now < deadline else { break }
            reply.message = await ask(
                server, question, within: timeout, by: deadline, noting: &reply.attempts)
            if reply.message != nil { break }
            if reply.attempts.last?.outcome == .silent { silent.append(server) }
        }
        return reply
    }

    /// One server. Until it is seen to take upper case for lower case, what it says to mixed case
    /// is asked for again in plain case, and that is believed.
    private func ask(
        _ server: SocketAddress, _ question: Question, within timeout: Duration,
        by deadline: Instant, noting attempts: inout [Attempt]
    ) async -> Message? {
        guard caseHandling[server] != .exact else {
            return await ask(
                server, question, .plain, within: timeout, by: deadline, noting: &attempts)
        }
        let mixed = await ask(
            server, question, .mixed, within: timeout, by: deadline, noting: &attempts)
        // Another question may have found out about the server meanwhile.
        guard let mixed, caseHandling[server] != .folding else { return mixed }
        if mixed.showsCaseFolding {
            caseHandling[server] = .folding
            return mixed
        }
        let plain = await ask(
            server, question, .plain, within: timeout, by: deadline, noting: &attempts)
        if let plain, mixed.answers.isEmpty, !plain.answers.isEmpty {
            caseHandling[server] = .exact
        }
        return plain
    }

    /// Over UDP, then over TCP where the answer is cut or not to be trusted, and without EDNS
    /// where the server does not know it (RFC 6891 §6.2.2).
    private func ask(
        _ server: SocketAddress, _ question: Question, _ spelling: Inquiry.Spelling,
        within timeout: Duration, by deadline: Instant, noting attempts: inout [Attempt]
    ) async -> Message? {
        var random = SystemRandomNumberGenerator()
        for usesEDNS in [true, false] {
            let inquiry = Inquiry(question, spelling, usesEDNS: usesEDNS, using: &random)
            var (outcome, message) = await askOverUDP(
                server, inquiry, by: min(deadline, .now + timeout))
            attempts.append(Attempt(server: server, transport: .udp, outcome: outcome))
            if outcome == .truncated || outcome == .caseChanged {
                (outcome, message) = await askOverTCP(
                    server, inquiry, by: min(deadline, .now + timeout))
                attempts.append(Attempt(server: server, transport: .tcp, outcome: outcome))
            }
            guard let message else { return nil }
            switch message.responseCode {
            case .noError where message.isReferral:
                attempts[attempts.count - 1].outcome = .lame
                return nil
            case .noError, .nameError: return message
            case .formatError, .notImplemented, .badVersion: continue
            default: return nil
            }
        }
        return nil
    }

    private func askOverUDP(
        _ server: SocketAddress, _ inquiry: Inquiry, by limit: Instant
    ) async -> (Attempt.Outcome, Message?) {
        do {
            let socket = try UDPSocket.connect(to: server, on: loop)
            defer { socket.close() }
            socket.deadline = limit
            try socket.send(inquiry.bytes)
            for _ in 0..<Self.maxDatagrams {
                let datagram = try await socket.receive(max: Message.maxLength)
                switch inquiry.judge(datagram, over: .udp) {
                case .answer(let message): return (.answered(message), message)
                case .caseChanged: return (.caseChanged, nil)
                case .malformed(let error): return (.malformed(error), nil)
                case .notOurs: continue
                case .truncated: return (.truncated, nil)
                }
            }
            return (.flooded, nil)
        } catch {
            return (Attempt.Outcome(error), nil)
        }
    }

    private func askOverTCP(
        _ server: SocketAddress, _ inquiry: Inquiry, by deadline: Instant
    ) async -> (Attempt.Outcome, Message?) {
        do {
            let socket = try await TCPSocket.connect(
                to: server, on: loop, timeout: Instant.now.duration(to: deadline))
            defer { socket.close() }
            socket.deadline = deadline
            guard let bytes = try await socket.exchange(inquiry.bytes) else {
                return (.unreachable("closed the connection without an answer"), nil)
            }
            switch inquiry.judge(bytes, over: .tcp) {
            case .answer(let message): return (.answered(message), message)
            case .malformed(let error): return (.malformed(error), nil)
            case .caseChanged, .notOurs, .truncated: return (.malformed(.truncated), nil)
            }
        } catch {
            return (Attempt.Outcome(error), nil)
        }
    }

    /// Datagrams that answer nothing of ours, until a server is given up.
    private static let maxDatagrams = 64
}

extension TCPSocket {
    /// Sends a message and reads one, each after its length (RFC 1035 §4.2.2); nil when the peer
    /// ends before a whole one.
    func exchange(_ query: [UInt8]) async throws(StreamError) -> [UInt8]? {
        var buffer = ByteBuffer()
        buffer.append([UInt8(query.count >> 8), UInt8(query.count & 0xff)] + query)
        try await send(&buffer)
        return try await receiveMessage(&buffer)
    }

    /// Reads one message after its length; nil when the peer ends before it is whole.
    func receiveMessage(_ buffer: inout ByteBuffer) async throws(StreamError) -> [UInt8]? {
        var length: Int?
        while true {
            if length == nil, buffer.readableCount >= 2 {
                let prefix = buffer.take(2)
                length = Int(prefix[0]) << 8 | Int(prefix[1])
            }
            if let length, buffer.readableCount >= length { return buffer.take(length) }
            let room = 2 + Message.maxLength - buffer.readableCount
            guard try await receive(into: &buffer, max: min(room, 16384)) > 0 else { return nil }
        }
    }
}

extension Message {
    /// Whether the server found a name that was asked for in upper case.
    ///
    /// An address proves nothing: test servers have one for all names that they do not know.
    fileprivate var showsCaseFolding: Bool {
        guard let asked = questions.first?.name, asked.hasUpperCase else { return false }
        return answers.contains { $0.name == asked && $0.type != .a && $0.type != .aaaa }
    }

    /// No answer and no denial, but other servers to ask.
    fileprivate var isReferral: Bool {
        answers.isEmpty && !header.isAuthoritative
            && authorities.contains { $0.type == .ns }
            && !authorities.contains { $0.type == .soa }
    }
}

extension Attempt.Outcome {
    fileprivate static func answered(_ message: Message) -> Self {
        .answered(message.responseCode, message.edns?.extendedError)
    }

    fileprivate init(_ error: any Error) {
        switch error {
        case StreamError.timedOut: self = .silent
        case StreamError.system(let error): self = .unreachable(error.reason)
        case let error as SystemError: self = .unreachable(error.reason)
        default: self = .unreachable("\(error)")
        }
    }
}
