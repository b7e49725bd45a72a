// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// A request body on its way to the origin, beside the answer that comes back.
final class Upload<Source: BodySource, Sink: BodySink> {
    private let pump: BodyPump<Source, Sink>
    private var task: Task<Void, Never>?
    /// Whether the whole body has been handed over.
    private(set) var isWhole = false
    private var hasEnded = false
    /// What the client did, when that is why the body broke off.
    private var fault: ServerError?

    /// Starts carrying the body.
    init(_ pump: BodyPump<Source, Sink>, on loop: EventLoop) {
        self.pump = pump
        let bound = LoopBound(self, on: loop)
        task = loop.spawn { await bound.value.carry() }
    }

    /// Stops, wherever it is: the origin's end is closed and the client's not read any more.
    ///
    /// Answers what the client did wrong, when that is why the body did not get through.
    func abandon(
        _ origin: some OriginStream, _ client: some RequestStream
    ) async -> ServerError? {
        let known = fault
        origin.close()
        if !hasEnded { client.interruptBody() }
        await task?.value
        return known
    }

    private func carry() async {
        defer { hasEnded = true }
        var pump = pump
        do {
            try await pump.carry()
            isWhole = true
        } catch {
            switch error {
            case .sink: return
            case .source: fault = .truncated
            case .tooLarge: fault = .contentTooLarge
            case .malformed(let error): fault = .malformed(error)
            }
            // A body cut short must not look whole to the origin, and its answer is not waited for.
            pump.sink.abort()
        }
    }
}
