// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Carries one body from a message that comes in to one that goes out, piece by piece.
struct BodyPump<Source: BodySource, Sink: BodySink> {
    var source: Source
    var sink: Sink
    /// How much may pass.
    var allowance = BodyAllowance(nil)

    /// Carries the body to its end.
    mutating func carry() async throws(BodyError) {
        var turns = Turns()
        defer { source.finish() }
        while true {
            switch try source.piece() {
            case .content(let count, let isLast):
                guard allowance.take(count) else { throw .tooLarge }
                do {
                    if try !sink.sendNow(count, isLast: isLast, from: &source) {
                        try await sink.send(count, isLast: isLast, from: &source)
                    }
                    if isLast {
                        if try !sink.flushNow() { try await sink.flush() }
                        return
                    }
                } catch { throw .sink(error) }
                if turns.isOver(after: count) { await Task.yield() }
            case .wait:
                // What is ready to go goes first, so that an event is not held back until the next.
                do { if try !sink.flushNow() { try await sink.flush() } } catch {
                    throw .sink(error)
                }
                try await source.receive()
            case .end:
                do { return try await sink.end(source.trailers) } catch { throw .sink(error) }
            }
        }
    }
}
