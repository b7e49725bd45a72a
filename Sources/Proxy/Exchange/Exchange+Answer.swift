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

/// Interim answers to one request; more are an origin that has lost its way.
private let interimLimit = 32

extension Exchange {
    /// Passes on 1xx answers until the final one's head (or 101) stands in `origin.head`.
    func passOnInterim(from origin: some OriginStream) async throws(AnswerError) {
        var count = 0
        while ResponseHead.isInterim(origin.head.status) {
            count += 1
            guard count <= interimLimit else { throw .origin("too many interim answers") }
            do {
                try await client.sendInterim(
                    &origin.head, forwarding, timeout: settings.values.bodyTimeout)
            } catch { throw .client(error) }
            do {
                try await origin.receiveHead(
                    answering: client.traits.method, timeout: settings.values.responseTimeout)
            } catch { throw .origin("\(error)") }
        }
    }

    /// Passes on the answer whose head stands in `origin.head`.
    func passOnAnswer(from origin: some OriginStream) async throws(AnswerError) {
        let sink: Client.AnswerBody?
        do {
            sink = try await client.sendHead(
                &origin.head, forwarding, timeout: settings.values.bodyTimeout)
        } catch { throw .client(error) }
        guard let sink else { return }
        var pump = BodyPump(
            source: origin.answerBody(
                limits: settings.values.limits, timeout: settings.values.bodyTimeout),
            sink: sink)
        do {
            try await pump.carry()
        } catch {
            switch error {
            case .sink(let error): throw .client(error)
            case .source(let what): throw .origin(what)
            case .tooLarge: throw .origin("it is longer than allowed")
            case .malformed(let error): throw .origin("\(error)")
            }
        }
    }
}
