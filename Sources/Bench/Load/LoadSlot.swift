// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

/// One of the connections that a load has at once: it makes one operation after the other.
final class LoadSlot {
    private unowned let load: LoadLoop
    /// The connection that is kept from one request to the next, and from one run to the next.
    private(set) var kept: LoadConnection?

    init(of load: LoadLoop) {
        self.load = load
    }

    /// Makes operations until there are none to begin.
    func work() async {
        while let begun = await load.nextStart() {
            do throws(LoadFailure) {
                try await operate(begun)
            } catch {
                load.failed(error)
                if error.asksForPause { try? await load.loop.sleep(for: Self.pause) }
            }
        }
    }

    private func operate(_ begun: Instant) async throws(LoadFailure) {
        switch load.plan.work {
        case .handshake:
            let connection = try await load.open()
            let took = begun.duration(to: .now)
            try await load.awaitSession(of: connection)
            try await connection.end()
            load.keepSession(of: connection)
            load.completed(after: took)
        case .request(let path):
            let connection = try await load.open()
            let answer = try await answer(from: connection, path)
            load.completed(after: begun.duration(to: .now), contentBytes: answer.contentBytes)
            // The answer is whole; how the server takes its leave changes nothing.
            try? await connection.end()
            load.keepSession(of: connection)
        case .keepAlive(let path):
            try await request(path, begun)
        case .refusal:
            try await beRefused(begun)
        }
    }

    private func answer(
        from connection: LoadConnection, _ path: String
    ) async throws(LoadFailure) -> LoadConnection.Answer {
        do { return try await connection.get(path) } catch {
            connection.abort()
            throw error
        }
    }

    /// A request on the kept connection. That the server closed it while it was idle is no failure, but
    /// a reason to open another.
    private func request(_ path: String, _ begun: Instant) async throws(LoadFailure) {
        if let connection = kept {
            kept = nil
            do throws(LoadFailure) {
                return try await request(path, begun, on: connection)
            } catch {
                let isClosed = error == .reset || error == .closedEarly
                guard isClosed, connection.isUnanswered else { throw error }
            }
        }
        let connection = try await load.open()
        // Of a closed loop the handshake is not part of the operation; in an open loop whoever waits
        // for an answer waits for the handshake too.
        try await request(path, load.plan.rate == nil ? .now : begun, on: connection)
    }

    private func request(
        _ path: String, _ begun: Instant, on connection: LoadConnection
    ) async throws(LoadFailure) {
        let answer = try await answer(from: connection, path)
        load.completed(after: begun.duration(to: .now), contentBytes: answer.contentBytes)
        if answer.keepsAlive {
            kept = connection
        } else {
            connection.abort()
        }
    }

    private func beRefused(_ begun: Instant) async throws(LoadFailure) {
        do throws(LoadFailure) {
            let connection = try await load.open()
            // In TLS 1.3 a refusal may come after the client is done.
            try await connection.end()
        } catch {
            guard case .alert = error else { throw error }
            return load.completed(after: begun.duration(to: .now))
        }
        throw .served
    }

    /// Long enough that a closed port costs no CPU, short enough to notice when it opens.
    private static let pause = Duration.milliseconds(50)
}
