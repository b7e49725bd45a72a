// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

extension Exchange {
    /// A body up to this size is sent along with the head, and again when it has to be.
    static let replayLimit = 64 * 1024

    /// Whether the request's whole body is at hand, small enough to be sent twice.
    var bodyIsBuffered: Bool {
        switch client.request.framing {
        case .none: true
        case .length(let length):
            length <= UInt64(Self.replayLimit)
                && length <= UInt64(client.channel.input.readableCount)
        case .chunked, .untilClose: false
        }
    }

    /// Sends the head, and the body when it is buffered. The body stays in the client's input until
    /// the origin has begun to answer.
    mutating func send(to origin: OriginConnection) async throws(OriginError) {
        let channel = origin.channel
        channel.output.clear()
        channel.borrowOutput()
        forwarding.appendRequestHead(&client.request, to: &channel.output)
        if case .length(let length) = client.request.framing, bodyIsBuffered {
            client.channel.input.withReadable { bytes in
                channel.output.append(bytes.extracting(first: Int(length)))
            }
        }
        channel.allow(settings.responseTimeout)
        do { try await channel.flush() } catch {
            guard !error.isTimeout else { throw .timedOut("it does not take the request") }
            throw .closedEarly("while the request was sent (\(error))")
        }
    }

    /// Starts to carry a body that is not at hand; nil when there is nothing to carry.
    func beginUpload(to origin: OriginConnection) -> Upload? {
        guard !bodyIsBuffered else { return nil }
        let upload = Upload(from: client.channel)
        let pump = BodyPump(
            source: client.channel, sink: origin.channel, timeout: client.timeouts.body,
            limits: settings.limits)
        upload.begin(pump, framing: client.request.framing)
        return upload
    }

    /// Takes a body that was sent with the head out of the client's input: it will not be needed
    /// again.
    func consumeBufferedBody() {
        guard case .length(let length) = client.request.framing, bodyIsBuffered else { return }
        client.channel.input.consume(Int(length))
        client.channel.returnInput()
    }
}
