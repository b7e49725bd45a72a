// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// A request body on its way to the origin, beside the answer that comes back.
final class Upload {
    private let client: Channel
    private let loop: EventLoop
    private var task: Task<Void, Never>?
    /// Whether the whole body has been handed over.
    private(set) var isWhole = false
    private var hasEnded = false
    /// What the client did, when that is why the body broke off.
    private var fault: ServerError?

    init(from client: Channel) {
        self.client = client
        loop = client.loop
    }

    /// Starts carrying the body with `carry`.
    func begin(_ pump: BodyPump, framing: BodyFraming) {
        let bound = LoopBound(self, on: loop)
        let job = LoopBound((pump, framing), on: loop)
        task = loop.spawn {
            let (pump, framing) = job.value
            await bound.value.carry(pump, framing)
        }
    }

    /// Stops, wherever it is: the origin's connection is closed and the client's not read any more.
    ///
    /// Answers what the client did wrong, when that is why the body did not get through.
    func abandon(_ origin: OriginConnection) async -> ServerError? {
        let known = fault
        origin.close()
        if !hasEnded { client.transport.socket.interruptRead() }
        await task?.value
        return known
    }

    private func carry(_ pump: BodyPump, _ framing: BodyFraming) async {
        defer { hasEnded = true }
        do {
            try await pump.carry(framing, inChunks: framing == .chunked)
            isWhole = true
        } catch {
            switch error {
            case .sink: return
            case .source: fault = .truncated
            case .malformed(let error): fault = .malformed(error)
            }
            // A body cut short must not look whole to the origin, and its answer is not waited for.
            pump.sink.transport.abort()
        }
    }
}
