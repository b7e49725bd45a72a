// SPDX-License-Identifier: Apache-2.0
package import Networking

/// One stream of an HTTP/2 connection: a request and its answer. On the connection's loop.
///
/// One task may receive while another sends. `deadline` bounds every wait of both.
package final class HTTP2Stream {
    package let id: HTTP2StreamID
    package let endpoint: HTTP2Endpoint
    /// As a server: the request that opened the stream.
    package var request = RequestHead()
    /// How urgent the peer says the answer is, from 0 to 7 (RFC 9218 §4.1).
    var urgency: UInt8 = 3
    /// Bounds every wait.
    package var deadline: Instant?
    /// Called once, when the peer gives the stream up or the connection ends before the stream does.
    package var onAbandon: (() -> Void)?

    /// Content that has come and was not taken.
    private var input = ByteBuffer()
    /// As a client: heads that have come and were not taken.
    private var answers: [ResponseHead] = []
    /// Whether the peer's side has ended: what waits in the input is the rest.
    package var hasEnded = false
    package private(set) var trailers = Fields()
    /// Why the stream is over before it has ended.
    package private(set) var failure: TransportError?
    /// What the peer said, or was told, when that is why.
    package private(set) var fault: HTTP2Fault?
    private var receiving: LoopGate?
    private var sending: LoopGate?
    private var hasTurn = false
    private var isInterrupted = false

    /// Heads that may wait: an origin that sends more interim answers than this at once is not heard out.
    private static let answersMax = 32

    init(_ id: HTTP2StreamID, on endpoint: HTTP2Endpoint) {
        self.id = id
        self.endpoint = endpoint
    }

    /// Content that nobody took is no longer in the connection's way: the others' window is the same.
    deinit {
        let count = input.readableCount
        guard count > 0 else { return }
        guard !loop.isCurrent else { return endpoint.consumed(count, of: id) }
        let bound = LoopBound(endpoint, on: loop)
        loop.execute { [id] in bound.value.consumed(count, of: id) }
    }

    package var loop: EventLoop { endpoint.loop }

    /// Every wait from now on may take as long as this, counted from now.
    package func allow(_ duration: Duration) {
        deadline = loop.now + duration
    }

    /// What kind of request it is.
    package var traits: RequestHead.Traits { request.traits }

    /// Lends the host that the request is for: `RequestHead.withHost` without a copy of the head, which a
    /// call on this property would make.
    package func withRequestHost<R>(_ body: (Span<UInt8>) -> R) -> R {
        let arena = request.fields.arena
        return body(arena.span.extracting(request.hostRange))
    }

    // MARK: What the connection tells

    func received(_ content: Span<UInt8>, ends: Bool) {
        input.append(content)
        hasEnded = ends
        receiving?.open()
    }

    func received(trailers: Fields) {
        self.trailers = trailers
        hasEnded = true
        receiving?.open()
    }

    /// Takes a head's memory, and leaves an empty one.
    func received(answer: inout ResponseHead, ends: Bool) {
        guard answers.count < Self.answersMax else { return reset(.enhanceYourCalm) }
        var head = ResponseHead()
        swap(&head, &answer)
        answers.append(head)
        hasEnded = ends
        receiving?.open()
    }

    func windowOpened() {
        sending?.open()
    }

    func turnCame() {
        hasTurn = true
        sending?.open()
    }

    /// The stream is over: by the peer's doing, or for what it did.
    func reset(with fault: HTTP2Fault, byPeer: Bool) {
        self.fault = fault
        fail(.stream(byPeer ? .reset : .closed))
    }

    func fail(_ error: TransportError) {
        guard failure == nil else { return }
        failure = error
        receiving?.open()
        sending?.open()
        onAbandon?()
        onAbandon = nil
    }

    // MARK: Receiving

    /// How much content is at hand.
    package var contentCount: Int { input.readableCount }

    /// Lends the first `count` bytes of it.
    package func withContent<R, E: Error>(
        _ count: Int, _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        try input.withReadable { (bytes) throws(E) in try body(bytes.extracting(first: count)) }
    }

    /// Takes content that was handed on: the peer may send as much again.
    package func consumeContent(_ count: Int) {
        input.consume(count)
        if input.isEmpty { input.releaseIfEmpty() }
        endpoint.consumed(count, of: id)
    }

    /// Waits for content, for the end of it, or for `interruptContent`.
    package func waitForContent() async throws(TransportError) {
        while input.isEmpty, !hasEnded {
            if let failure { throw failure }
            guard !isInterrupted else {
                isInterrupted = false
                throw .stream(.closed)
            }
            try await wait(at: gate(&receiving))
        }
    }

    /// Ends such a wait, or the next one.
    package func interruptContent() {
        isInterrupted = true
        receiving?.open()
    }

    /// Whether the peer may still send on it.
    package var isReceiving: Bool { endpoint.machine.isReceivingOpen(id) }

    /// Reads and drops the rest of a request whose answer is whole, for a moment: many clients take
    /// RST_STREAM for a failure while they send. Then the rest is not wanted (RFC 9113 §8.1).
    package func discardRest(within duration: Duration) async {
        isInterrupted = false
        allow(duration)
        var discarded = 0
        do throws(TransportError) {
            while isReceiving, discarded <= Self.discardMax {
                discarded += contentCount
                consumeContent(contentCount)
                try await waitForContent()
            }
        } catch {}
        endpoint.reset(self, .noError)
    }

    /// The most that is dropped so.
    private static let discardMax = 1 << 20

    /// As a client: waits for the next head of the answer.
    package func receiveAnswer() async throws(TransportError) -> ResponseHead {
        while answers.isEmpty {
            if let failure { throw failure }
            guard !hasEnded else { throw .stream(.closed) }
            try await wait(at: gate(&receiving))
        }
        return answers.removeFirst()
    }

    // MARK: Waiting

    func waitForWindow() async throws(TransportError) {
        try await wait(at: gate(&sending))
    }

    /// Waits until the connection takes something of this stream.
    func waitForTurn() async throws(TransportError) {
        endpoint.turns.add(self, first: hasTurn)
        hasTurn = false
        do throws(TransportError) {
            while !hasTurn {
                try await wait(at: gate(&sending))
                if let failure { throw failure }
            }
        } catch {
            // A turn that is not used is the next one's.
            endpoint.turns.remove(self)
            if hasTurn { endpoint.passTurn() }
            hasTurn = false
            throw error
        }
    }

    /// Whether the last turn is still unused; using it ends it.
    func useTurn() {
        hasTurn = false
    }

    private func gate(_ gate: inout LoopGate?) -> LoopGate {
        if let gate { return gate }
        let new = LoopGate(on: loop)
        gate = new
        return new
    }

    private func wait(at gate: LoopGate) async throws(TransportError) {
        do { try await gate.wait(until: deadline) } catch { throw .stream(error) }
    }
}
