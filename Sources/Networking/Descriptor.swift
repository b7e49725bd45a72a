// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A non-blocking descriptor, registered edge-triggered with one loop from `open` to `close`.
///
/// The two waits, the deadline that bounds them, and the flags that say whether the kernel may
/// have something: a call that would only answer EAGAIN is not made.
final class Descriptor: EpollHandler {
    let number: CInt
    let loop: EventLoop
    private(set) var isOpen = true

    /// False from the moment the kernel had no more until it reports that it has.
    private(set) var mayRead = true
    private(set) var mayWrite = true
    private var hungUp = false
    private var reader = Waiter()
    private var writer = Waiter()
    private var limit = LazyDeadline()

    /// Bounds every wait, also one that has begun; nil waits without end.
    var deadline: Instant? {
        get { limit.moment }
        set {
            limit.moment = newValue
            if reader.isWaiting || writer.isWaiting { armDeadline() }
        }
    }
    /// Called when the peer goes away while nothing reads.
    var onHangup: (() -> Void)?

    /// Takes over `number`, which must be non-blocking.
    init(_ number: CInt, on loop: EventLoop) throws(SystemError) {
        loop.preconditionCurrent()
        self.number = number
        self.loop = loop
        // Whoever throws here is let go of, and closes the number in `deinit`.
        try loop.epoll.add(
            number, for: [.readable, .writable, .readHangup, .edgeTriggered], handler: self)
    }

    deinit {
        // The owner closes on its loop; a socket dropped without that must not leak its number.
        if isOpen { Glibc.close(number) }
    }

    func close() {
        guard isOpen else { return }
        loop.preconditionCurrent()
        isOpen = false
        // The kernel gives the number to somebody else: a task that was elsewhere meanwhile must not read
        // or write there.
        mayRead = false
        mayWrite = false
        limit.cancel()
        onHangup = nil
        loop.epoll.remove(number)
        Glibc.close(number)
        resumeReader(.closed)
        resumeWriter(.closed)
    }

    func ready(_ readiness: Readiness) {
        let gone = !readiness.isDisjoint(with: [.readHangup, .hangup, .error])
        if gone { hungUp = true }
        if gone || readiness.contains(.readable) {
            mayRead = true
            resumeReader()
        }
        if readiness.contains(.writable) || !readiness.isDisjoint(with: [.hangup, .error]) {
            mayWrite = true
            resumeWriter()
        }
        if gone, let notify = onHangup {
            onHangup = nil
            notify()
        }
    }

    /// The kernel had nothing (more) to read. After a hang-up there is no further edge to wait for.
    func readDrained() {
        mayRead = hungUp && isOpen
    }

    /// The kernel answered EAGAIN to a read.
    func readBlocked() {
        mayRead = false
    }

    func writeBlocked() {
        mayWrite = false
    }

    /// Ends a read's wait without closing.
    func interruptRead() {
        resumeReader(.closed)
    }

    /// Calls `body` on the loop, once: when there may be something to read, or with why there will not be.
    func whenReadable(_ body: @escaping (StreamError?) -> Void) {
        guard isOpen else { return body(.closed) }
        if mayRead { return body(nil) }
        armDeadline()
        reader.begin(body)
    }

    /// The same when the kernel takes more.
    func whenWritable(_ body: @escaping (StreamError?) -> Void) {
        guard isOpen else { return body(.closed) }
        if mayWrite { return body(nil) }
        armDeadline()
        writer.begin(body)
    }

    func waitReadable() async throws(StreamError) {
        guard isOpen else { throw .closed }
        if mayRead { return }
        armDeadline()
        let error = await withUnsafeContinuation { reader.begin($0) }
        if let error { throw error }
    }

    func waitWritable() async throws(StreamError) {
        guard isOpen else { throw .closed }
        if mayWrite { return }
        armDeadline()
        let error = await withUnsafeContinuation { writer.begin($0) }
        if let error { throw error }
    }

    private func armDeadline() {
        limit.arm(on: loop) { [unowned self] in deadlineReached() }
    }

    private func deadlineReached() {
        let isDue = limit.isDue(at: loop.now)
        guard reader.isWaiting || writer.isWaiting else { return }
        guard isDue else { return armDeadline() }
        resumeReader(.timedOut)
        resumeWriter(.timedOut)
    }

    private func resumeReader(_ error: StreamError? = nil) {
        reader.end()?.resume(error)
    }

    private func resumeWriter(_ error: StreamError? = nil) {
        writer.end()?.resume(error)
    }
}
