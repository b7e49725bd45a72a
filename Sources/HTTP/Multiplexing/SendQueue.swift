// SPDX-License-Identifier: Apache-2.0

/// The streams of a connection that wait for their turn to send: by urgency (RFC 9218 §4.1), and first
/// come, first served within one. As many as there are streams at most.
struct SendQueue {
    private var queues: [[HTTP2Stream]] = []
    private(set) var count = 0

    /// The urgencies that there are: 0, the most urgent, to 7.
    static let urgencies = 8

    var isEmpty: Bool { count == 0 }

    /// Takes a stream in, behind the others of its urgency; or before them, when it had its turn and could
    /// not use it.
    mutating func add(_ stream: HTTP2Stream, first: Bool) {
        if queues.isEmpty { queues = Array(repeating: [], count: Self.urgencies) }
        let urgency = min(Int(stream.urgency), Self.urgencies - 1)
        queues[urgency].insert(stream, at: first ? 0 : queues[urgency].count)
        count += 1
    }

    /// Takes out the stream whose turn it is.
    mutating func popFirst() -> HTTP2Stream? {
        guard let urgency = queues.firstIndex(where: { !$0.isEmpty }) else { return nil }
        count -= 1
        return queues[urgency].removeFirst()
    }

    /// Takes out a stream that waits no longer.
    mutating func remove(_ stream: HTTP2Stream) {
        for urgency in queues.indices {
            guard let index = queues[urgency].firstIndex(where: { $0 === stream }) else { continue }
            queues[urgency].remove(at: index)
            count -= 1
        }
    }
}
