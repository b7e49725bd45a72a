// SPDX-License-Identifier: Apache-2.0

/// The streams that we reset last. Frames that were on their way then are no fault of the peer's
/// (RFC 9113 §5.1, closed); those on streams that it had ended itself are.
struct ResetMemory: Sendable {
    private var ids: [HTTP2StreamID] = []
    private var next = 0

    /// How many are remembered: twice as many as a peer may have open, as it may have opened new
    /// ones before it learned that the others are gone.
    private let most: Int

    init(concurrentStreams: Int) {
        most = max(16, concurrentStreams * 2)
    }

    /// Notes a stream in the place of the one noted longest ago.
    mutating func insert(_ id: HTTP2StreamID) {
        if ids.count < most {
            ids.append(id)
        } else {
            ids[next] = id
            next = (next + 1) % most
        }
    }

    func contains(_ id: HTTP2StreamID) -> Bool { ids.contains(id) }
}
