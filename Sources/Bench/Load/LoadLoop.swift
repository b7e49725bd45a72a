// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

/// The part of a load that one event loop makes: its connections, and what came of them.
///
/// Connections and sessions are kept from one run to the next.
final class LoadLoop {
    let plan: LoadPlan
    let loop: EventLoop
    private let target: SocketAddress
    private let context: MeasuringContext
    private var names: NameSequence
    private var sessions: SessionPool
    private var gifts = (full: Gift.unknown, resumed: Gift.unknown)
    private var slots: [LoadSlot] = []

    private var starts: Starts?
    private var tally = LoadTally()
    private var agreements: [Agreement: (parameters: NegotiatedParameters, count: Int)] = [:]
    private var beginning = Instant.now
    private var cpuBefore = Duration.zero
    private var lastCompletion = Instant.now
    /// Connections that still make operations, and the end of that.
    private var working = 0
    private var finished = LoopSignal()

    /// `thread` of `plan.threads`.
    init(
        _ plan: LoadPlan, target: SocketAddress, thread: Int, on loop: EventLoop
    ) throws(TLSError) {
        self.plan = plan
        self.loop = loop
        self.target = target
        context = try MeasuringContext(MeasuringContext.Offer(plan))
        names = NameSequence(plan.names, plan.nameOrder, thread: thread, of: plan.threads)
        sessions = SessionPool(share: plan.resumedShare)
        let (share, rest) = plan.connections.quotientAndRemainder(dividingBy: plan.threads)
        slots = (0..<share + (thread < rest ? 1 : 0)).map { _ in LoadSlot(of: self) }
    }

    /// Makes operations for as long as `starts` has some, and waits for the last.
    func run(_ starts: Starts) async -> LoadTally {
        begin(starts)
        working = slots.count
        for slot in slots {
            let slot = LoopBound((slot, self), on: loop)
            loop.spawn {
                await slot.value.0.work()
                slot.value.1.slotFinished()
            }
        }
        if working > 0 { await finished.wait() }
        starts.stop()
        return snapshot()
    }

    /// Ends the run now: what has not come to an end does not count.
    func stop() {
        starts?.stop()
        finished.give()
    }

    /// What came of the run so far.
    func snapshot() -> LoadTally {
        var tally = tally
        for (parameters, count) in agreements.values {
            tally.negotiated[parameters, default: 0] += count
        }
        tally.missed = starts?.missed ?? 0
        tally.elapsed = beginning.duration(to: lastCompletion)
        tally.clientCPU = CPUClock.thread - cpuBefore
        tally.busiestThread = min(
            1, tally.clientCPU / max(beginning.duration(to: .now), .nanoseconds(1)))
        return tally
    }

    private func begin(_ starts: Starts) {
        self.starts = starts
        tally = LoadTally()
        agreements = [:]
        finished = LoopSignal()
        beginning = .now
        lastCompletion = beginning
        cpuBefore = CPUClock.thread
        for slot in slots { slot.kept.map { count($0.tls) } }
    }

    private func slotFinished() {
        working -= 1
        if working == 0 { finished.give() }
    }
}

// What the connections ask and tell.
extension LoadLoop {
    func nextStart() async -> Instant? {
        await starts?.next()
    }

    /// A connection whose handshake is made and counted.
    func open() async throws(LoadFailure) -> LoadConnection {
        let name = names.next()
        let session = sessions.take(name)
        let connection = try await LoadConnection.open(
            to: target, name: name, offering: session, context: context, patience: plan.patience,
            on: loop)
        count(connection.tls, didOffer: session != nil)
        return connection
    }

    /// Waits for the session that a connection is to leave behind, if the server gives any.
    func awaitSession(of connection: LoadConnection) async throws(LoadFailure) {
        guard sessions.isUsed else { return }
        let kind: WritableKeyPath<(full: Gift, resumed: Gift), Gift> =
            connection.tls.isResumed ? \.resumed : \.full
        guard gifts[keyPath: kind] != .none else { return }
        if try await connection.awaitSession() {
            gifts[keyPath: kind] = .session
        } else if gifts[keyPath: kind] == .unknown {
            gifts[keyPath: kind] = .none
        }
    }

    /// To be called when a connection has read what the server sends after the handshake.
    func keepSession(of connection: LoadConnection) {
        guard sessions.isUsed, let session = connection.session else { return }
        sessions.put(session, for: connection.name)
    }

    func completed(after took: Duration, contentBytes: Int = 0) {
        lastCompletion = .now
        tally.completed += 1
        tally.contentBytes += contentBytes
        tally.latency.record(took)
        let tenth = Int(beginning.duration(to: lastCompletion).nanoseconds / 100_000_000)
        while tally.completions.count <= tenth { tally.completions.append(0) }
        tally.completions[tenth] += 1
    }

    func failed(_ failure: LoadFailure) {
        tally.failures[failure, default: 0] += 1
    }

    private func count(_ tls: TLSConnection, didOffer: Bool) {
        tally.handshakes += 1
        if didOffer { tally.offered += 1 }
        if tls.isResumed { tally.resumed += 1 }
        tally.handshakeBytesRead += tls.bytesRead
        tally.handshakeBytesWritten += tls.bytesWritten
        count(tls)
    }

    private func count(_ tls: TLSConnection) {
        let agreement = tls.agreement
        agreements[agreement, default: (NegotiatedParameters(agreement, of: tls), 0)].count += 1
    }
}

/// What a server gives a client to come back with, after a full or a resumed handshake. One that once
/// gave something is waited for also when it is slow.
private enum Gift {
    case unknown, session, none
}

extension MeasuringContext.Offer {
    fileprivate init(_ plan: LoadPlan) {
        self.init()
        version = plan.version.map { $0 == .tls12 ? .tls12 : .tls13 }
        groups = plan.groups
        ciphers = plan.ciphers
        signatureAlgorithms = plan.signatureAlgorithms
        alpn = plan.alpn
    }
}

extension NegotiatedParameters {
    fileprivate init(_ agreement: Agreement, of tls: TLSConnection) {
        self.init(
            version: agreement.version, cipher: tls.cipher ?? "", group: agreement.group,
            signature: agreement.signature, certificate: agreement.certificate,
            alpn: agreement.alpn)
    }
}
