// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

/// One connection of an `HTTPClient`: one exchange after the other. On its loop.
final class ClientConnection {
    private let channel: Channel
    private let interimResponses: Int
    private let limits: HTTP1Limits
    private var parser: ResponseParser
    private var head = ResponseHead()

    /// Whether an exchange has gone well on it before the one at hand.
    private(set) var isReused = false
    /// Whether any of the request at hand was given to the transport.
    private(set) var hasWritten = false
    /// Whether the peer ended or reset it before any byte of a response.
    private(set) var diedUnanswered = false
    /// Whether the last exchange left it in a state for another.
    private(set) var canBeReused = false

    /// Counts what can be cancelled, so that a late cancellation does not hit the next exchange.
    private var turn = 0

    /// When it was put aside; what the pool goes by.
    var idleSince = Instant.distantFuture

    init(_ transport: Transport, _ configuration: ClientConfiguration) {
        channel = Channel(transport)
        limits = configuration.limits
        interimResponses = configuration.interimResponses
        parser = ResponseParser(limits: configuration.limits)
    }

    func close() {
        channel.close()
    }

    func handshake(with host: String) async throws(HTTPClientError) {
        do throws(TransportError) {
            try await closingWhenCancelled { () throws(TransportError) in
                try await channel.transport.handshake()
            }
        } catch {
            close()
            if Task.isCancelled { throw .cancelled }
            switch error {
            case .stream(.timedOut): throw .timedOut(.handshake)
            case .stream, .tls: throw .tls(host: host, reason: "\(error)")
            }
        }
    }

    // MARK: While idle

    /// Puts it aside; `ended` is called when the server closes it meanwhile.
    func rest(ended: @escaping () -> Void) {
        idleSince = channel.loop.now
        channel.transport.deadline = nil
        channel.transport.socket.onHangup = ended
        head.removeAll()
        channel.releaseBuffers()
    }

    /// Takes it up again; false when the server has ended it, or sent what nobody asked for.
    func wake() -> Bool {
        channel.transport.socket.onHangup = nil
        guard channel.transport.socket.isOpen, !channel.transport.socket.hasEnded else {
            return false
        }
        // Under TLS there may be tickets to read, or a close_notify.
        isReused = true
        do { return try channel.transport.readNow(into: &channel.input) == nil } catch {
            return false
        }
    }

    // MARK: One exchange

    /// Sends a request and reads its response, whole.
    func exchange(
        _ request: OutgoingRequest, by deadline: Instant, maxBody: Int
    ) async -> Result<ClientResponse, HTTPClientError> {
        channel.transport.deadline = deadline
        hasWritten = false
        diedUnanswered = false
        canBeReused = false
        do throws(HTTPClientError) {
            return .success(
                try await closingWhenCancelled { () throws(HTTPClientError) in
                    try await write(request)
                    return try await readResponse(to: request.method, maxBody: maxBody)
                })
        } catch {
            return .failure(Task.isCancelled ? .cancelled : error)
        }
    }

    private func write(_ request: OutgoingRequest) async throws(HTTPClientError) {
        channel.output.append(request.bytes)
        do throws(TransportError) { try await channel.flush() } catch {
            hasWritten = channel.output.readableCount < request.bytes.count
            diedUnanswered = !error.isTimeout
            throw failure(error, in: .request)
        }
        hasWritten = true
    }

    private func readResponse(
        to method: Method, maxBody: Int
    ) async throws(HTTPClientError) -> ClientResponse {
        try await readHead(answering: method)
        var interim = 0
        while head.isInterim {
            interim += 1
            guard interim <= interimResponses else {
                throw .malformed(reason: "too many interim responses")
            }
            try await readHead(answering: method)
        }
        guard head.status != 101 else {
            throw .malformed(reason: "a switch of protocols that nobody asked for")
        }
        let body = try await readBody(maxBody: maxBody)
        canBeReused = head.keepsAlive && channel.input.isEmpty
        return ClientResponse(status: head.status, fields: head.fields, body: body)
    }

    private func readHead(answering method: Method) async throws(HTTPClientError) {
        while true {
            let progress: ParseProgress
            do throws(HTTP1Error) {
                progress = try channel.input.withReadable { bytes throws(HTTP1Error) in
                    try parser.parse(bytes, answering: method, into: &head)
                }
            } catch {
                throw .malformed(reason: error.description)
            }
            if case .complete(let consumed) = progress {
                return channel.input.consume(consumed)
            }
            let isUnanswered = channel.input.isEmpty
            do throws(HTTPClientError) {
                if try await fill() == 0 { throw .closed }
            } catch {
                if case .closed = error { diedUnanswered = isUnanswered }
                throw error
            }
        }
    }

    private func readBody(maxBody: Int) async throws(HTTPClientError) -> [UInt8] {
        var decoder = BodyDecoder(head.framing, limits: limits)
        if let length = decoder.contentRemaining, length > UInt64(clamping: maxBody) {
            throw .tooLarge(limit: maxBody)
        }
        var body: [UInt8] = []
        while !decoder.isComplete {
            if try decode(&decoder, into: &body, maxBody: maxBody) { continue }
            guard try await fill() == 0 else { continue }
            do throws(HTTP1Error) { try decoder.receivedEnd() } catch { throw .closed }
            // Without a close_notify anyone on the way may have cut it short.
            guard channel.transport.endedCleanly else { throw .closed }
        }
        return body
    }

    /// Moves content that has arrived to `body`; false when more has to arrive first.
    private func decode(
        _ decoder: inout BodyDecoder, into body: inout [UInt8], maxBody: Int
    ) throws(HTTPClientError) -> Bool {
        let part: BodyPart
        var fits = true
        do throws(HTTP1Error) {
            part = try channel.input.withReadable { bytes throws(HTTP1Error) in
                let part = try decoder.decode(bytes)
                if case .content(let range) = part {
                    fits = range.count <= maxBody - body.count
                    if fits { body.append(copying: bytes.extracting(range)) }
                }
                return part
            }
        } catch {
            throw .malformed(reason: error.description)
        }
        guard fits else { throw .tooLarge(limit: maxBody) }
        switch part {
        case .needMore(let consumed):
            channel.input.consume(consumed)
            return false
        case .end(let consumed):
            channel.input.consume(consumed)
        case .content(let range):
            channel.input.consume(range.upperBound)
        }
        return true
    }

    private func fill() async throws(HTTPClientError) -> Int {
        do throws(TransportError) { return try await channel.fill() } catch {
            throw failure(error, in: .response)
        }
    }

    private func failure(
        _ error: TransportError, in phase: HTTPClientError.Phase
    ) -> HTTPClientError {
        switch error {
        case .stream(.timedOut): .timedOut(phase)
        case .stream: .closed
        case .tls(.closedByPeer), .tls(.transport): .closed
        case .tls(let error): .malformed(reason: "\(error)")
        }
    }

    /// Runs `body`, and closes the connection when the task is cancelled, which ends its waits.
    private func closingWhenCancelled<R, E: Error>(
        _ body: () async throws(E) -> R
    ) async throws(E) -> R {
        let connection = LoopBound(self, on: channel.loop)
        let turn = turn
        defer { self.turn += 1 }
        let result = await withTaskCancellationHandler {
            do throws(E) { return Result<R, E>.success(try await body()) } catch {
                return Result<R, E>.failure(error)
            }
        } onCancel: {
            connection.loop.execute {
                if connection.value.turn == turn { connection.value.close() }
            }
        }
        return try result.get()
    }
}
