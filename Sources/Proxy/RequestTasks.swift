// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// The tasks of one loop that answer HTTP/2 requests, each one request after the other: to make a task and
/// the memory of its frames anew takes a tenth of what a short request does.
final class RequestTasks {
    /// A task that waits for its next request, or has it.
    private final class Worker {
        let gate: LoopGate
        var stream: HTTP2Stream?
        var visitor: Visitor

        init(_ stream: HTTP2Stream, _ visitor: Visitor, on loop: EventLoop) {
            gate = LoopGate(on: loop)
            self.stream = stream
            self.visitor = visitor
        }
    }

    private let loop: EventLoop
    /// Those that wait; the one that worked last is first, its frames are still in the cache.
    private var idle: [Worker] = []

    /// Tasks that may wait for a request; each holds some ten KiB.
    private static let idleMax = 64

    init(on loop: EventLoop) {
        self.loop = loop
    }

    /// Has `answer` called with a request, in a task that waits or in a new one.
    func start(
        _ stream: HTTP2Stream, _ visitor: Visitor,
        _ answer: @escaping (HTTP2Stream, Visitor) async -> Void
    ) {
        if let worker = idle.popLast() {
            worker.stream = stream
            worker.visitor = visitor
            return worker.gate.open()
        }
        let worker = Worker(stream, visitor, on: loop)
        let bound = LoopBound((self, worker, answer), on: loop)
        loop.spawn {
            let (tasks, worker, answer) = bound.value
            await tasks.work(worker, answer)
        }
    }

    private func work(
        _ worker: Worker, _ answer: (HTTP2Stream, Visitor) async -> Void
    ) async {
        while let stream = worker.stream {
            worker.stream = nil
            await answer(stream, worker.visitor)
            guard idle.count < Self.idleMax else { return }
            idle.append(worker)
            // Without a deadline the wait ends with the next request only.
            try? await worker.gate.wait(until: nil)
        }
    }
}
