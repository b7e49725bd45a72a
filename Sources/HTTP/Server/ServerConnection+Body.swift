// SPDX-License-Identifier: Apache-2.0
import Networking

/// Request bodies that are wanted whole before anything is answered.
extension ServerConnection {
    /// Reads the body of the request at hand, whatever its method. A client that waits for 100 gets it
    /// (RFC 9110 §10.1.1), unless it has said that it sends more than `max` bytes.
    ///
    /// Throws `.contentTooLarge` as soon as there is more than that, and `timedOut` of its stream when it
    /// is not whole within `time`: one that comes byte by byte would be waited for as long as its sender
    /// likes. Whatever it throws, the rest of the input means nothing: the answer is to be the last one.
    package func readBody(max: Int, within time: Duration) async throws(ServerError) -> [UInt8] {
        let framing = traits.framing
        guard framing != .none else { return [] }
        if case .length(let count) = framing, count > UInt64(max) { throw .contentTooLarge }
        channel.allow(time)
        if request.expects100Continue { try await sendContinue() }

        var body: [UInt8] = []
        var decoder = BodyDecoder(framing, limits: limits)
        while !decoder.isComplete {
            let isStarved = try take(from: &decoder, into: &body)
            guard body.count <= max else { throw .contentTooLarge }
            if isStarved { try await receiveBody() }
        }
        channel.returnInput()
        return body
    }

    /// Takes what is there; true when that is not the whole body.
    private func take(
        from decoder: inout BodyDecoder, into body: inout [UInt8]
    ) throws(ServerError) -> Bool {
        do {
            let part = try channel.input.withReadable { (bytes) throws(HTTP1Error) in
                try decoder.decode(bytes)
            }
            switch part {
            case .content(let range):
                channel.input.consume(range.lowerBound)
                body += channel.input.take(range.count)
                return false
            case .needMore(let consumed):
                channel.input.consume(consumed)
                return true
            case .end(let consumed):
                channel.input.consume(consumed)
                return false
            }
        } catch { throw .malformed(error) }
    }

    private func receiveBody() async throws(ServerError) {
        let count: Int
        do { count = try await channel.fill() } catch { throw .transport(error) }
        guard count > 0 else { throw .truncated }
    }

    private func sendContinue() async throws(ServerError) {
        channel.borrowOutput()
        channel.output.appendStatusLine(100)
        channel.output.appendLineEnd()
        do { try await channel.flush() } catch { throw .transport(error) }
    }
}
