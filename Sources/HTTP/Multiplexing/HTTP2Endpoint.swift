// SPDX-License-Identifier: Apache-2.0
package import Networking
import TLS

/// One end of an HTTP/2 connection: drives the state machine over a channel, for the streams that share
/// it. On one loop.
///
/// One task reads (`run`). Streams write into the channel's output, which leaves in one piece once the
/// loop's ready work is done; when the peer is slow they take turns, a frame's worth each.
package final class HTTP2Endpoint {
    package let channel: Channel
    package let timeouts: HTTP2Timeouts
    var machine: HTTP2Machine
    /// The streams that are open for either side.
    var streams: [HTTP2StreamID: HTTP2Stream] = [:]
    /// Those that have something to send and wait for room in the output or in the connection's window.
    var turns = SendQueue()
    /// Why the connection is over.
    private(set) var failure: TransportError?
    /// Whether no more streams are taken or opened, and the last one ends the connection.
    package private(set) var isDraining = false
    /// Whether reading has ended because it needs no task while nothing comes; `run` takes it up again.
    package private(set) var isParked = false
    /// Called with each request, as a server; starts a task for it.
    package var onRequest: ((HTTP2Stream) -> Void)?
    /// Told when a stream was ended for something that the peer did wrong.
    package var onStreamFault: ((HTTP2Fault) -> Void)?
    /// Told when the last open stream has ended and others may be opened.
    package var onQuiet: (() -> Void)?
    /// Told once, when nothing more can be sent or come.
    package var onEnd: (() -> Void)?

    private var spareRequests: [RequestHead] = []
    private var hasBegun = false
    private var flushIsDue = false
    /// Whether the peer takes no more at this moment.
    private var isBlocked = false
    private var sectionDeadline: Instant?
    private var idleSince: Instant
    private weak var member: ConnectionSet.Member?
    private lazy var flushCall: () -> Void = { [weak self] in self?.flush() }

    /// What may wait to be written before streams wait for their turn; a frame may lie beyond it.
    /// Less than a large block of the loop's, so that it takes no other memory.
    static let outputLimit = 112 * 1024

    package init(
        _ transport: Transport, role: HTTP2Machine.Role, limits: HTTP2Limits,
        timeouts: HTTP2Timeouts
    ) {
        channel = Channel(transport)
        loop = transport.loop
        machine = HTTP2Machine(role: role, limits: limits)
        self.timeouts = timeouts
        idleSince = .now
    }

    package let loop: EventLoop

    /// Whether streams may still be opened or taken.
    package var isUsable: Bool { failure == nil && !isDraining && channel.transport.socket.isOpen }

    // MARK: Its life

    /// Reads until the connection is over, or waits without needing a task (`isParked`). Throws what the
    /// peer did to end it, after it was told (RFC 9113 §5.4.1); the caller closes.
    package func run(_ member: ConnectionSet.Member?) async throws(HTTP2ConnectionError) {
        self.member = member
        isParked = false
        begin()
        do throws(HTTP2ConnectionError) {
            while failure == nil {
                try takeInput()
                guard !isOver else { break }
                guard try await readMore() else { break }
            }
        } catch {
            end(error.transportError)
            throw error
        }
        guard !isParked else { return }
        end(failure ?? .stream(.closed))
    }

    /// Sends what opens the connection: to be called before streams are opened.
    package func begin() {
        guard !hasBegun else { return }
        hasBegun = true
        channel.borrowOutput()
        machine.begin(output: &channel.output)
        scheduleFlush()
    }

    /// Takes no more streams: says so (RFC 9113 §6.8), lets those that are open finish, then closes.
    package func drain() {
        guard !isDraining else { return }
        isDraining = true
        channel.borrowOutput()
        machine.goAway(.noError, output: &channel.output)
        flush()
        closeIfOver()
    }

    /// Whether there is nothing left to wait for.
    private var isOver: Bool { isDraining && streams.isEmpty }

    private func closeIfOver() {
        guard isOver, channel.output.isEmpty else { return }
        channel.close()
    }

    /// The connection is over: every stream learns it.
    private func end(_ error: TransportError) {
        guard failure == nil || !streams.isEmpty else { return onEnded() }
        failure = failure ?? error
        let open = streams.values
        streams = [:]
        for stream in open { stream.fail(failure ?? error) }
        onEnded()
    }

    private func onEnded() {
        onEnd?()
        onEnd = nil
    }

    // MARK: Reading

    private func takeInput() throws(HTTP2ConnectionError) {
        defer {
            channel.returnInput()
            scheduleFlush()
        }
        channel.borrowOutput()
        var event = HTTP2Machine.Event.needMore
        let waiting = channel.input.readableCount
        repeat {
            do throws(HTTP2Fault) { event = try takeEvent() } catch {
                // The peer is told why before the connection is closed.
                _ = try? channel.flushNow()
                throw .fault(error)
            }
            received(event)
        } while event != .needMore
        // A frame that came whole is progress; the parts of a header section are not.
        if channel.input.readableCount < waiting, !machine.isMidSection { sectionDeadline = nil }
    }

    private func takeEvent() throws(HTTP2Fault) -> HTTP2Machine.Event {
        let step = try channel.input.withReadable { (bytes) throws(HTTP2Fault) in
            let step = try machine.receive(bytes, at: loop.now, output: &channel.output)
            if case .data(let id, let range, let ends) = step.event {
                deliver(bytes.extracting(range), to: id, ends: ends)
            }
            return step
        }
        channel.input.consume(step.consumed)
        return step.event
    }

    private func deliver(_ content: Span<UInt8>, to id: HTTP2StreamID, ends: Bool) {
        guard let stream = streams[id] else {
            return machine.consumed(content.count, of: id, output: &channel.output)
        }
        stream.received(content, ends: ends)
    }

    private func received(_ event: HTTP2Machine.Event) {
        switch event {
        case .head(let id, let ends): receivedHead(id, ends: ends)
        case .data(let id, _, let ends): if ends { settle(id) }
        case .trailers(let id):
            streams[id]?.received(trailers: machine.trailers)
            settle(id)
        case .reset(let id, let fault, let byPeer):
            if !byPeer { onStreamFault?(fault) }
            guard let stream = streams.removeValue(forKey: id) else { break }
            stream.reset(with: fault, byPeer: byPeer)
            becameQuieter()
        case .windowOpened(0): passTurn()
        case .windowOpened(let id): streams[id]?.windowOpened()
        case .settings: for stream in streams.values { stream.windowOpened() }
        case .urgency(let id, let urgency): streams[id]?.urgency = urgency
        case .goAway(let last, _): receivedGoAway(last)
        case .needMore: break
        }
    }

    private func receivedHead(_ id: HTTP2StreamID, ends: Bool) {
        if let stream = streams[id] {
            stream.received(answer: &machine.answer, ends: ends)
            if ends { settle(id) }
            return
        }
        guard let onRequest else { return }
        let stream = HTTP2Stream(id, on: self)
        swap(&stream.request, &machine.request)
        if let spare = spareRequests.popLast() { machine.request = spare }
        stream.hasEnded = ends
        open(stream)
        onRequest(stream)
    }

    /// The peer takes no more streams; those that it has not looked at fail as refused (RFC 9113 §6.8).
    private func receivedGoAway(_ last: HTTP2StreamID) {
        isDraining = true
        guard machine.role == .client else { return }
        let refused = HTTP2Fault(.refusedStream, .resetByPeer)
        for (id, stream) in streams where id > last {
            streams.removeValue(forKey: id)
            stream.reset(with: refused, byPeer: true)
        }
        becameQuieter()
    }

    /// Waits for more to read; false when the peer has ended, or the wait needs no task.
    private func readMore() async throws(HTTP2ConnectionError) -> Bool {
        setDeadline()
        do throws(TransportError) {
            return try await channel.fill() > 0
        } catch {
            isParked = member?.isAskedToPark == true && channel.transport.socket.isOpen
            if isParked {
                releaseMemory()
                return false
            }
            switch error {
            // Silence, and a peer or a drain that ends an idle connection, are no errors.
            case .stream(.timedOut), .stream(.closed), .stream(.reset):
                guard streams.isEmpty, sectionDeadline == nil else { throw .transport(error) }
                if case .stream(.timedOut) = error { sayGoodbye() }
                return false
            default: throw .transport(error)
            }
        }
    }

    private func releaseMemory() {
        spareRequests = []
        // Empty; what it took is given back.
        streams = [:]
        turns = SendQueue()
        machine.releaseMemory()
    }

    private func sayGoodbye() {
        machine.goAway(.noError, output: &channel.output)
        _ = try? channel.flushNow()
    }

    /// What bounds the next wait: a frame or a header section that has begun, the time to the next
    /// request, or, with streams open, a peer that does not read. Streams have deadlines of their own.
    private func setDeadline() {
        if machine.isMidSection || !machine.hasReceivedPreface || !channel.input.isEmpty {
            sectionDeadline = sectionDeadline ?? loop.now + timeouts.head
        } else {
            sectionDeadline = nil
        }
        let isIdle = streams.isEmpty && sectionDeadline == nil
        member?.isIdle = isIdle
        if let sectionDeadline {
            channel.transport.deadline = sectionDeadline
        } else if !isBlocked {
            channel.transport.deadline =
                streams.isEmpty ? timeouts.idle.map { idleSince + $0 } : nil
        }
    }

    // MARK: Streams

    /// Takes the memory of a request that is over, for the next one's.
    package func reuse(_ request: inout RequestHead) {
        guard spareRequests.count < Self.spareRequestsMax else { return }
        var spare = RequestHead()
        swap(&spare, &request)
        spareRequests.append(spare)
    }

    /// As many heads as streams under load; an idle connection gives them up.
    private static let spareRequestsMax = 32

    func open(_ stream: HTTP2Stream) {
        if streams.isEmpty {
            member?.isIdle = false
            channel.transport.tls?.keepBuffers()
        }
        streams[stream.id] = stream
    }

    /// Takes a stream out that is over for both sides.
    func settle(_ id: HTTP2StreamID) {
        guard !machine.isOpen(id), streams.removeValue(forKey: id) != nil else { return }
        becameQuieter()
    }

    private func becameQuieter() {
        guard streams.isEmpty else { return }
        idleSince = loop.now
        if isDraining { return scheduleFlush(evenIfEmpty: true) }
        setDeadline()
        onQuiet?()
    }

    // MARK: Writing

    /// Writes what waits, when the loop's ready work is done.
    func scheduleFlush(evenIfEmpty: Bool = false) {
        guard !flushIsDue, evenIfEmpty || !channel.output.isEmpty else { return }
        flushIsDue = true
        loop.afterReadyWork(flushCall)
    }

    /// Writes what the peer takes now.
    func flush() {
        flushIsDue = false
        guard !isBlocked, failure == nil else { return }
        do throws(TransportError) {
            guard try channel.flushNow() else { return waitUntilWritable() }
        } catch { return giveUp(error) }
        closeIfOver()
        passTurn()
    }

    /// Bounded like a piece of a body: each time the peer takes something it gets the time anew.
    private func waitUntilWritable() {
        isBlocked = true
        channel.allow(timeouts.body)
        channel.transport.socket.whenWritable { [weak self] error in
            guard let self else { return }
            isBlocked = false
            if let error { return giveUp(.stream(error)) }
            if streams.isEmpty {
                setDeadline()
            } else {
                channel.transport.deadline = sectionDeadline
            }
            flush()
        }
    }

    /// Nothing more can be sent: what is read is of no use either.
    private func giveUp(_ error: TransportError) {
        failure = failure ?? error
        end(error)
        channel.transport.abort()
    }

    /// Whether a stream may append to the output.
    var hasRoom: Bool { channel.output.readableCount < Self.outputLimit }

    /// Lets the next of the streams that wait go on, if there is room for what it sends.
    func passTurn() {
        guard !turns.isEmpty, hasRoom, machine.connectionSendable > 0 else { return }
        turns.popFirst()?.turnCame()
    }
}
