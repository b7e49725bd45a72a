// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

extension OriginConnection: OriginStream {
    /// Writes the head of a client's request: it leaves with the first of its body.
    func begin(
        _ client: some RequestStream, _ forwarding: ForwardedFields
    ) -> OriginConnection {
        channel.output.clear()
        channel.borrowOutput()
        forwarding.appendRequestHead(&client.request, to: &channel.output)
        return self
    }

    func sendBody(of client: some RequestStream, timeout: Duration) async throws(OriginError) {
        let inChunks = client.traits.framing == .chunked
        client.withBufferedBody { body in
            guard inChunks else { return channel.output.append(body) }
            channel.output.append(chunk: body)
            channel.output.append(lastChunkWith: Fields())
        }
        do {
            if try channel.flushNow() { return }
            channel.allow(timeout)
            try await channel.flush()
        } catch {
            guard !error.isTimeout else { throw .timedOut("it does not take the request") }
            throw .closedEarly("while the request was sent (\(error))")
        }
    }

    func requestBody(_ framing: BodyFraming, timeout: Duration) -> HTTP1BodySink {
        HTTP1BodySink(channel: channel, inChunks: framing == .chunked, timeout: timeout)
    }

    func receiveHead(answering method: Method, timeout: Duration) async throws(OriginError) {
        channel.allow(timeout)
        while true {
            if try parseHead(answering: method) { return }
            let count: Int
            do { count = try await channel.fill() } catch {
                guard !error.isTimeout else { throw .timedOut("it does not answer") }
                throw closedEarly(" (\(error))")
            }
            guard count > 0 else { throw closedEarly("") }
        }
    }

    func answerBody(limits: HTTP1Limits, timeout: Duration) -> HTTP1BodySource {
        HTTP1BodySource(channel, head.framing, limits: limits, timeout: timeout)
    }

    func recycle(to pool: OriginPool) {
        guard head.keepsAlive, head.framing != .untilClose else { return close() }
        pool.give(self)
    }

    private func closedEarly(_ why: String) -> OriginError {
        parser.hasBegun
            ? .malformed("its head breaks off\(why)") : .closedEarly("before its answer\(why)")
    }

    private func parseHead(answering method: Method) throws(OriginError) -> Bool {
        guard !channel.input.isEmpty else { return false }
        do {
            let progress = try channel.input.withReadable { (bytes) throws(HTTP1Error) in
                try parser.parse(bytes, answering: method, into: &head)
            }
            guard case .complete(let consumed) = progress else { return false }
            channel.input.consume(consumed)
            return true
        } catch { throw .malformed("\(error)") }
    }
}

extension OriginConnection: HTTP1TunnelEnd {}
