// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import Synchronization

/// One thread with an epoll set, a timer queue and a queue of work.
///
/// Tasks that prefer it (`spawn`) run on it from await to await, so that what they touch needs no
/// lock. `execute`, `run` and `spawn` may be called from any thread; the rest only on the loop.
///
/// The guarantee behind `@unchecked Sendable`: what is not `Sendable` by itself is touched by the
/// loop's thread alone, checked where the callers are not all in this file.
package final class EventLoop: TaskExecutor, @unchecked Sendable {
    /// Shown as the thread's name.
    package let name: String

    private let inbox = LoopInbox()
    private let wakeup: Wakeup
    private let thread = Atomic<UInt>(0)

    /// What its connections borrow while a head or a short body passes: a TLS record's worth. On the
    /// loop only.
    package let blocks = LoopBlocks(blockSize: 16 * 1024, spareLimit: 64)
    /// And while a long body does: several records, half of what a socket usually holds.
    package let bodyBlocks = LoopBlocks(blockSize: 128 * 1024, spareLimit: 16)

    var epoll: Epoll
    var timers = TimerQueue()
    private var work: [LoopWork] = []
    private var working: [LoopWork] = []
    private var afterwards: [() -> Void] = []
    private var ending: [() -> Void] = []
    private var stopping = false
    private var serial: LoopSerialExecutor?
    private var turn = Instant.now

    /// Rounds of ready work before the kernel is asked for events again.
    private static let roundsPerTurn = 8

    /// Starts the loop's thread. It runs until `shutdown`.
    package init(name: String) throws(SystemError) {
        self.name = name
        epoll = try Epoll()
        wakeup = try Wakeup()
        serial = nil
        serial = LoopSerialExecutor(loop: self)
        try epoll.add(wakeup.descriptor, for: [.readable, .edgeTriggered], handler: wakeup)
        try startThread()
    }

    /// The executor for actors that are to live on this loop.
    package nonisolated var serialExecutor: LoopSerialExecutor {
        guard let serial else { preconditionFailure("set by init") }
        return serial
    }

    /// Whether the caller runs on this loop's thread.
    package var isCurrent: Bool {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Traps when called from another thread: a mistake in our own code.
    package func preconditionCurrent(
        file: StaticString = #fileID, line: UInt = #line
    ) {
        precondition(isCurrent, "called off loop \(name)", file: file, line: line)
    }

    /// The moment this turn of the loop began: as good as `Instant.now` for deadlines, and free.
    package var now: Instant { turn }

    // MARK: Work

    /// Runs `body` on the loop, after what was queued before it. A message, from any thread.
    package func execute(_ body: @escaping @Sendable () -> Void) {
        enqueue(.message(body))
    }

    /// Runs `body` on the loop and answers what it answered.
    package func run<R: Sendable>(_ body: @escaping @Sendable () -> R) async -> R {
        await withUnsafeContinuation { continuation in
            execute { continuation.resume(returning: body()) }
        }
    }

    /// Starts a task whose every step runs on this loop.
    @discardableResult
    package func spawn(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
        Task(executorPreference: self, operation: body)
    }

    /// Calls `body` once the work that is ready now is done, before the kernel is asked for more: what
    /// several tasks have left to be written goes in one piece. On the loop only.
    package func afterReadyWork(_ body: @escaping () -> Void) {
        preconditionCurrent()
        afterwards.append(body)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        enqueue(.task(UnownedJob(job)))
    }

    func enqueue(_ item: sending LoopWork) {
        if isCurrent {
            work.append(item)
        } else if inbox.add(item) {
            wakeup.signal()
        }
    }

    // MARK: Time

    /// Calls `body` on the loop after `delay`. On the loop only.
    package func schedule(after delay: Duration, _ body: @escaping () -> Void) -> Timer {
        preconditionCurrent()
        let timer = Timer(on: self, body)
        timer.arm(at: Instant.now + delay)
        return timer
    }

    /// Suspends the task; it goes on where it was. Throws `CancellationError` when it is cancelled.
    package func sleep(for delay: Duration) async throws {
        let sleeper = Sleeper()
        execute { sleeper.arm(on: self, for: delay) }
        // The closure may run elsewhere: the standard library's async closures do not inherit an
        // actor's loop. So `Sleeper` is safe from any thread.
        let finished = await withTaskCancellationHandler {
            await withUnsafeContinuation { sleeper.begin($0) }
        } onCancel: {
            sleeper.finish(false)
            execute { sleeper.disarm() }
        }
        if !finished { throw CancellationError() }
    }

    /// Ends the thread after its current turn; what is queued then is dropped.
    package func shutdown() {
        execute { self.stopping = true }
    }

    // MARK: The thread

    private func startThread() throws(SystemError) {
        var handle = pthread_t()
        let argument = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().runThread()
                return nil
            }, argument)
        guard code == 0 else {
            Unmanaged<EventLoop>.fromOpaque(argument).release()
            throw SystemError(code: code, operation: "start a thread")
        }
        // Set here too: the first message may be sent before the thread has begun.
        thread.store(UInt(handle), ordering: .relaxed)
        pthread_detach(handle)
    }

    private func runThread() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        pthread_setname_np(pthread_self(), String(name.utf8.prefix(15)) ?? "loop")
        while !stopping {
            takeTurn()
        }
    }

    /// One turn: ready work, then the kernel's events, then what is due.
    private func takeTurn() {
        var rounds = 0
        repeat {
            runReadyWork()
            rounds += 1
        } while !work.isEmpty && rounds < Self.roundsPerTurn
        runAfterwards()

        let count = epoll.wait(milliseconds: patience())
        turn = .now
        for index in 0..<count {
            guard let (handler, readiness) = epoll.event(at: index) else { continue }
            handler.ready(readiness)
        }
        while let timer = timers.popDue(at: turn) {
            timer.fire()
        }
        inbox.take(into: &working)
        runBatch()
    }

    private func runReadyWork() {
        swap(&work, &working)
        runBatch()
    }

    private func runAfterwards() {
        // What these ask for is the next turn's.
        swap(&afterwards, &ending)
        for call in ending { call() }
        ending.removeAll(keepingCapacity: true)
    }

    private func runBatch() {
        for item in working {
            switch item {
            case .task(let job): job.runSynchronously(on: asUnownedTaskExecutor())
            case .actor(let job): job.runSynchronously(on: serialExecutor.asUnownedSerialExecutor())
            case .message(let body): body()
            }
        }
        working.removeAll(keepingCapacity: true)
    }

    /// How long epoll may wait, in milliseconds, rounded up so that no timer is met too early.
    private func patience() -> CInt {
        guard work.isEmpty, afterwards.isEmpty else { return 0 }
        guard let next = timers.next else { return -1 }
        let now = Instant.now
        guard next > now else { return 0 }
        return CInt(clamping: (next.nanoseconds - now.nanoseconds + 999_999) / 1_000_000)
    }
}

/// One `sleep`: ended by its timer or by cancellation, whichever comes first.
///
/// The guarantee behind `@unchecked Sendable`: the timer is touched on the loop only.
private final class Sleeper: @unchecked Sendable {
    private enum State {
        case new
        case waiting(UnsafeContinuation<Bool, Never>)
        case ended(Bool)
    }

    private let state = Mutex(State.new)
    private var timer: Timer?

    func arm(on loop: EventLoop, for delay: Duration) {
        timer = loop.schedule(after: delay) {
            self.timer = nil
            self.finish(true)
        }
    }

    func disarm() {
        timer?.cancel()
        timer = nil
    }

    func begin(_ continuation: UnsafeContinuation<Bool, Never>) {
        let ended: Bool? = state.withLock { state in
            if case .ended(let finished) = state { return finished }
            state = .waiting(continuation)
            return nil
        }
        if let ended { continuation.resume(returning: ended) }
    }

    func finish(_ finished: Bool) {
        let waiting: UnsafeContinuation<Bool, Never>? = state.withLock { state in
            defer { if case .ended = state {} else { state = .ended(finished) } }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: finished)
    }
}

/// An eventfd that ends a loop's wait from another thread.
private final class Wakeup: EpollHandler, Sendable {
    let descriptor: CInt

    init() throws(SystemError) {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemError.last("create an eventfd") }
    }

    deinit {
        close(descriptor)
    }

    func signal() {
        _ = eventfd_write(descriptor, 1)
    }

    /// Edge-triggered: each write is a new edge, so the counter need not be read.
    func ready(_ readiness: Readiness) {}
}
