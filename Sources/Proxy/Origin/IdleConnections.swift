// SPDX-License-Identifier: Apache-2.0
import Networking

/// The connections of one loop that wait for their next request, to whichever origin, in the order in
/// which they began to wait: so that their number has one bound however many origins there are.
final class IdleConnections {
    private let limit: Int
    private let timeout: Duration
    private let loop: EventLoop
    private var oldest: IdleConnection?
    private var newest: IdleConnection?
    private(set) var count = 0
    private var sweep: Timer?

    init(limit: Int, timeout: Duration, on loop: EventLoop) {
        self.limit = limit
        self.timeout = timeout
        self.loop = loop
    }

    /// Takes in a connection that begins to wait, and closes the one that has waited longest when they
    /// are too many; false when none may wait.
    func add(_ connection: IdleConnection) -> Bool {
        guard limit > 0 else { return false }
        while count >= limit, let oldest { close(oldest) }
        connection.isWaiting = true
        connection.idleSince = loop.now
        connection.older = newest
        newest?.newer = connection
        newest = connection
        if oldest == nil { oldest = connection }
        count += 1
        if sweep == nil { scheduleSweep() }
        return true
    }

    /// Lets go of one that waits no longer.
    func remove(_ connection: IdleConnection) {
        guard connection.isWaiting else { return }
        connection.isWaiting = false
        if connection === oldest { oldest = connection.newer }
        if connection === newest { newest = connection.older }
        connection.older?.newer = connection.newer
        connection.newer?.older = connection.older
        connection.older = nil
        connection.newer = nil
        count -= 1
    }

    private func close(_ connection: IdleConnection) {
        connection.endWait()
        remove(connection)
    }

    private func scheduleSweep() {
        sweep = loop.schedule(after: timeout) { [weak self] in
            guard let self else { return }
            while let oldest, oldest.idleSince + timeout <= loop.now { close(oldest) }
            var waiting = oldest
            while let connection = waiting {
                connection.releaseBuffers()
                waiting = connection.newer
            }
            sweep = nil
            if count > 0 { scheduleSweep() }
        }
    }
}

/// A connection that may wait for its next request. While it does, its end is noticed at once.
class IdleConnection {
    fileprivate(set) final var isWaiting = false
    fileprivate final var idleSince = Instant.distantFuture
    fileprivate final unowned var older: IdleConnection?
    fileprivate final var newer: IdleConnection?

    /// Ends its wait, and with it the connection.
    func endWait() {}

    /// Gives back the memory that a connection does not need while it waits.
    func releaseBuffers() {}
}
