// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// The connections of one loop that wait for their next request, to whichever origin, in the order in
/// which they began to wait: so that their number has one bound however many origins there are.
final class IdleConnections {
    private let limit: Int
    private let timeout: Duration
    private let loop: EventLoop
    private var oldest: OriginConnection?
    private var newest: OriginConnection?
    private(set) var count = 0
    private var sweep: Timer?

    init(limit: Int, timeout: Duration, on loop: EventLoop) {
        self.limit = limit
        self.timeout = timeout
        self.loop = loop
    }

    /// Makes room for one more by closing the one that has waited longest; false when none may wait.
    func makeRoom() -> Bool {
        guard limit > 0 else { return false }
        while count >= limit, let oldest { oldest.endWait() }
        return true
    }

    /// Takes in a connection that begins to wait.
    func add(_ connection: OriginConnection) {
        connection.idleSince = loop.now
        connection.older = newest
        newest?.newer = connection
        newest = connection
        if oldest == nil { oldest = connection }
        count += 1
        if sweep == nil { scheduleSweep() }
    }

    /// Lets go of one that waits no longer.
    func remove(_ connection: OriginConnection) {
        if connection === oldest { oldest = connection.newer }
        if connection === newest { newest = connection.older }
        connection.older?.newer = connection.newer
        connection.newer?.older = connection.older
        connection.older = nil
        connection.newer = nil
        count -= 1
    }

    private func scheduleSweep() {
        sweep = loop.schedule(after: timeout) { [weak self] in
            guard let self else { return }
            while let oldest, oldest.idleSince + timeout <= loop.now { oldest.endWait() }
            var waiting = oldest
            while let connection = waiting {
                connection.channel.releaseBuffers()
                waiting = connection.newer
            }
            sweep = nil
            if count > 0 { scheduleSweep() }
        }
    }
}
