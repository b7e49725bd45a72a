// SPDX-License-Identifier: Apache-2.0
package import Networking

/// The open connections of one loop: what a drain waits for and in the end closes.
package final class ConnectionSet {
    /// One open connection, as the set sees it.
    package final class Member {
        fileprivate let transport: Transport
        fileprivate var position = 0
        /// Between two requests nothing is lost by closing; in a handshake, which may have waited
        /// long for its certificate, a visit is.
        package var isIdle = false {
            didSet {
                wasIdle = false
                isAskedToPark = false
            }
        }
        /// Whether it was idle at the last sweep already.
        fileprivate var wasIdle = false
        /// How a drain ends it in good order, if not by closing it between two requests.
        package var onDrain: (() -> Void)?
        /// Whose buffers are given back while it is idle.
        package var channel: Channel?
        /// Whether its next answer is to be its last.
        fileprivate var isRetired = false
        /// Whether who serves it calls `finish` in the end, so that it may be parked.
        package var canPark = false
        /// That the task that waits for its next request is to end, and leave `goOn` behind.
        private(set) var isAskedToPark = false
        /// What goes on when the next bytes come: a task's frames take more memory than all else of ours.
        package var goOn: (() async -> Void)?

        fileprivate init(_ transport: Transport) {
            self.transport = transport
        }

        fileprivate func askToPark() {
            guard canPark, goOn == nil else { return }
            isAskedToPark = true
            transport.socket.interruptRead()
        }
    }

    /// The connections that may be open at once; more are closed as soon as they are accepted.
    package let limit: Int
    /// Set once: requests in flight finish, and their answers close the connection.
    package private(set) var isDraining = false
    private var members: [Member] = []
    /// nil: whoever comes first has them.
    private var places: SharedPlaces<IPAddress>?
    private var emptied: LoopSignal?
    private var sweepTimer: Timer?
    private let sweepInterval: Duration

    package init(limit: Int, sweepInterval: Duration = .seconds(2)) {
        self.limit = limit
        self.sweepInterval = sweepInterval
    }

    /// The same where no address may keep the others out: an IPv6 network of 64 bits is one.
    package convenience init(sharing limit: Int) {
        self.init(limit: limit)
        places = SharedPlaces(limit)
    }

    package var count: Int { members.count }

    /// Takes a connection in; nil when the limit is reached, or the share of its peer's address is, or the
    /// set drains.
    package func add(_ transport: Transport) -> Member? {
        guard members.count < limit, !isDraining else { return nil }
        if places?.take(for: transport.socket.remoteAddress.ip.network) == false { return nil }
        let member = Member(transport)
        member.position = members.count
        members.append(member)
        if sweepTimer == nil { sweepTimer = scheduleSweep(on: transport.loop) }
        return member
    }

    /// Ends a connection that has been served: closes it and takes it out. A parked one waits without a
    /// task instead, and its next bytes start one.
    package func finish(_ member: Member) {
        guard let goOn = member.goOn else { return end(member) }
        member.transport.socket.whenReadable { [self] error in
            member.goOn = nil
            guard error == nil else { return end(member) }
            let loop = member.transport.loop
            let bound = LoopBound((self, member, goOn), on: loop)
            loop.spawn {
                let (connections, member, goOn) = bound.value
                await goOn()
                connections.finish(member)
            }
        }
    }

    private func end(_ member: Member) {
        member.transport.close()
        remove(member)
    }

    /// How many connections wait without a task.
    package var parkedCount: Int { members.count { $0.goOn != nil } }

    /// Takes a connection out, after it was closed.
    package func remove(_ member: Member) {
        let last = members.removeLast()
        if last !== member {
            members[member.position] = last
            last.position = member.position
        }
        places?.leave(member.transport.socket.remoteAddress.ip.network)
        if members.isEmpty { emptied?.give() }
    }

    /// Gives back the buffers of connections that have been idle since the last sweep, and parks them: not
    /// at once, because under load the next request is there before the memory is.
    private func sweep(on loop: EventLoop) {
        for member in members where member.isIdle {
            if member.wasIdle {
                member.channel?.releaseBuffers()
                member.askToPark()
            }
            member.wasIdle = true
        }
        sweepTimer = members.isEmpty ? nil : scheduleSweep(on: loop)
    }

    private func scheduleSweep(on loop: EventLoop) -> Timer {
        loop.schedule(after: sweepInterval) { [weak self] in self?.sweep(on: loop) }
    }

    /// Ends those connections that `isUnwanted` in good order: idle ones at once, the others after what
    /// they are at. Looks at every connection.
    package func retire(where isUnwanted: (Transport) -> Bool) {
        for member in members where isUnwanted(member.transport) {
            member.isRetired = true
            askToEnd(member)
        }
    }

    /// Whether a connection is to end with the answer at hand.
    package func isEnding(_ member: Member) -> Bool { isDraining || member.isRetired }

    private func askToEnd(_ member: Member) {
        if let onDrain = member.onDrain {
            onDrain()
        } else if member.isIdle {
            member.transport.close()
        }
    }

    /// Closes what is idle, asks the others to end, waits up to `patience` for the rest, then closes that too.
    ///
    /// Answers how many connections had to be cut off.
    package func drain(patience: Duration, on loop: EventLoop) async -> Int {
        isDraining = true
        for member in members { askToEnd(member) }
        guard !members.isEmpty else { return 0 }
        let waiting = LoopSignal()
        emptied = waiting
        let timer = loop.schedule(after: patience) { waiting.give() }
        await waiting.wait()
        timer.cancel()
        emptied = nil
        let cutOff = members.count
        for member in members { member.transport.abort() }
        return cutOff
    }
}
