// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Why an answer that had begun could not be passed on.
enum AnswerError: Error, CustomStringConvertible {
    case client(TransportError)
    case origin(String)

    var description: String {
        switch self {
        case .client(let error): "the client takes no more: \(error)"
        case .origin(let what): "the origin's answer broke off: \(what)"
        }
    }
}

extension Exchange {
    /// Reads the next head of an answer into `origin.head`.
    func receiveHead(from origin: OriginConnection) async throws(OriginError) {
        let channel = origin.channel
        channel.allow(settings.responseTimeout)
        while true {
            if try parseHead(of: origin) { return }
            let count: Int
            do { count = try await channel.fill() } catch {
                guard !error.isTimeout else { throw .timedOut("it does not answer") }
                throw .closedEarly("before its answer (\(error))")
            }
            guard count > 0 else { throw .closedEarly("before its answer") }
        }
    }

    private func parseHead(of origin: OriginConnection) throws(OriginError) -> Bool {
        let channel = origin.channel
        guard !channel.input.isEmpty else { return false }
        do {
            let progress = try channel.input.withReadable { (bytes) throws(HTTP1Error) in
                try origin.parser.parse(
                    bytes, answering: client.request.method, into: &origin.head)
            }
            guard case .complete(let consumed) = progress else { return false }
            channel.input.consume(consumed)
            return true
        } catch { throw .malformed("\(error)") }
    }

    /// Passes on 1xx answers until the final one's head (or 101) stands in `origin.head`.
    ///
    /// RFC 9110 §15.2: an HTTP/1.0 client does not know them.
    func passOnInterim(from origin: OriginConnection) async throws(AnswerError) {
        var count = 0
        while origin.hasInterimHead {
            count += 1
            guard count <= Self.interimLimit else { throw .origin("too many interim answers") }
            if client.request.version >= .http11 {
                forwarding.appendInterimHead(&origin.head, to: &client.channel.output)
                try await flushToClient()
            }
            do { try await receiveHead(from: origin) } catch { throw .origin("\(error)") }
        }
    }

    /// Interim answers to one request; more are an origin that has lost its way.
    private static let interimLimit = 32

    /// Passes on the answer whose head stands in `origin.head`.
    func passOnAnswer(from origin: OriginConnection) async throws(AnswerError) {
        let framing = origin.head.framing
        // RFC 9112 §7.1: an HTTP/1.0 client does not know chunks; the end of the connection is the
        // end of the body then.
        let isOpenEnded = framing == .chunked || framing == .untilClose
        let inChunks = isOpenEnded && client.request.version >= .http11
        if isOpenEnded, !inChunks { client.closesAfterResponse = true }
        client.channel.borrowOutput()
        forwarding.appendAnswerHead(
            &origin.head, inChunks: inChunks, closing: client.closesAfterResponse,
            clientVersion: client.request.version, to: &client.channel.output)
        let pump = BodyPump(
            source: origin.channel, sink: client.channel, timeout: settings.bodyTimeout,
            limits: settings.limits)
        do {
            try await pump.carry(framing, inChunks: inChunks)
        } catch {
            switch error {
            case .sink(let error): throw .client(error)
            case .source(let what): throw .origin(what)
            case .malformed(let error): throw .origin("\(error)")
            }
        }
    }

    func flushToClient() async throws(AnswerError) {
        client.channel.allow(settings.bodyTimeout)
        do { try await client.channel.flush() } catch { throw .client(error) }
    }
}
