// SPDX-License-Identifier: Apache-2.0
import Networking

/// The connections to one server: how many there are, which are idle, who waits for one. On its
/// loop.
final class ConnectionPool {
    private let loop: EventLoop
    private let configuration: ClientConfiguration

    /// Those in use and those being opened.
    private var busy = 0
    /// The one used last is last.
    private var idle: [ClientConnection] = []
    /// In the order they came.
    private var waiting: [Waiting] = []
    private var sweep: Timer?

    init(on loop: EventLoop, configuration: ClientConfiguration) {
        self.loop = loop
        self.configuration = configuration
    }

    /// Whether nothing would be lost with it.
    var isUnused: Bool { busy == 0 && idle.isEmpty && waiting.isEmpty }

    /// A kept connection, or nil: leave to open one. Either is given back with `putBack` or
    /// `forget`. Waits in turn while there are as many connections as there may be.
    func take(by deadline: Instant) async throws(HTTPClientError) -> ClientConnection? {
        if waiting.isEmpty {
            if let connection = takeIdle() {
                busy += 1
                return connection
            }
            if busy + idle.count < configuration.connectionsPerOrigin {
                busy += 1
                return nil
            }
        }
        guard waiting.count < configuration.waitingPerOrigin else {
            throw .unsendable(reason: "too many requests wait for a connection")
        }
        return try await wait(by: deadline)
    }

    /// Gives back a connection that can serve another request.
    func putBack(_ connection: ClientConnection) {
        connection.rest { [weak self, weak connection] in
            guard let self, let connection else { return }
            drop(connection)
        }
        if let next = nextWaiting() {
            next.finish(.kept(connection))
            return
        }
        busy -= 1
        idle.append(connection)
        if idle.count > configuration.idlePerOrigin { idle.removeFirst().close() }
        scheduleSweep()
    }

    /// Gives back the place of a connection that is closed or was never opened.
    func forget() {
        if let next = nextWaiting() {
            next.finish(.leave)
        } else {
            busy -= 1
        }
    }

    func closeIdle() {
        for connection in idle { connection.close() }
        idle.removeAll()
        sweep?.cancel()
        sweep = nil
    }

    // MARK: Idle connections

    private func takeIdle() -> ClientConnection? {
        while let connection = idle.popLast() {
            if connection.wake() { return connection }
            connection.close()
        }
        return nil
    }

    private func drop(_ connection: ClientConnection) {
        idle.removeAll { $0 === connection }
        connection.close()
    }

    private func scheduleSweep() {
        guard sweep == nil, let oldest = idle.first else { return }
        let age = oldest.idleSince.duration(to: loop.now)
        sweep = loop.schedule(after: configuration.idleAge - age) { [weak self] in
            self?.closeAged()
        }
    }

    private func closeAged() {
        sweep = nil
        while let oldest = idle.first,
            oldest.idleSince + configuration.idleAge <= Instant.now
        {
            idle.removeFirst().close()
        }
        scheduleSweep()
    }

    // MARK: Waiting

    private func nextWaiting() -> Waiting? {
        waiting.isEmpty ? nil : waiting.removeFirst()
    }

    private func wait(by deadline: Instant) async throws(HTTPClientError) -> ClientConnection? {
        let place = Waiting()
        waiting.append(place)
        let timer = loop.schedule(after: Instant.now.duration(to: deadline)) { [weak self] in
            self?.giveUp(place, .timedOut(.connection))
        }
        let shared = LoopBound((self, place), on: loop)
        await withTaskCancellationHandler {
            await place.turn()
        } onCancel: {
            shared.loop.execute { shared.value.0.giveUp(shared.value.1, .cancelled) }
        }
        timer.cancel()
        switch place.outcome {
        case .kept(let connection):
            if connection.wake() { return connection }
            connection.close()
            return nil
        case .leave: return nil
        case .failed(let error): throw error
        case nil: throw .cancelled
        }
    }

    private func giveUp(_ place: Waiting, _ error: HTTPClientError) {
        guard place.outcome == nil else { return }
        waiting.removeAll { $0 === place }
        place.finish(.failed(error))
    }
}

/// One request's place in the queue for a connection.
private final class Waiting {
    enum Outcome {
        case kept(ClientConnection)
        /// To open one.
        case leave
        case failed(HTTPClientError)
    }

    private(set) var outcome: Outcome?
    private var continuation: CheckedContinuation<Void, Never>?

    func finish(_ outcome: Outcome) {
        self.outcome = outcome
        continuation?.resume()
        continuation = nil
    }

    func turn() async {
        guard outcome == nil else { return }
        await withCheckedContinuation { continuation = $0 }
    }
}
