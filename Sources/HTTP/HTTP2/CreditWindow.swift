// SPDX-License-Identifier: Apache-2.0

/// A window that we keep open for the peer: what was handed on is given back in large steps, once
/// half of it is owed.
struct CreditWindow: Equatable, Sendable {
    private var window: FlowWindow
    private var owed: Int32 = 0

    init(_ available: Int32) {
        window = FlowWindow(available)
    }

    /// How much the peer may still send.
    var available: Int32 { window.available }

    /// Takes what arrived; false when the peer was not allowed it.
    mutating func take(_ count: Int) -> Bool { window.take(count) }

    /// Opens or closes it as a whole: only as our own settings say.
    mutating func change(by change: Int64) -> Bool { window.change(by: change) }

    /// Notes that `count` bytes were handed on; the increment to announce when it is due.
    mutating func credit(_ count: Int, of size: Int32) -> UInt32? {
        let (sum, overflow) = Int64(owed).addingReportingOverflow(Int64(count))
        // Never more than came in: whoever credits twice cannot open the window too far.
        let most = Int64(size) - Int64(window.available)
        owed = Int32(clamping: max(0, min(overflow ? most : sum, most)))
        guard owed > 0, Int64(owed) * 2 >= Int64(size), window.change(by: Int64(owed)) else {
            return nil
        }
        defer { owed = 0 }
        return UInt32(owed)
    }
}
