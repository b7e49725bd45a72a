// SPDX-License-Identifier: Apache-2.0

/// How much content one side may still send (RFC 9113 §6.9): of a stream or a connection, in one
/// direction. Below zero after the peer has made its initial window smaller.
struct FlowWindow: Equatable, Sendable {
    private(set) var available: Int32

    /// No window may become larger than 2^31-1.
    static let highest = Int32.max
    /// What every window is before anybody says otherwise (RFC 9113 §6.9.2).
    static let initial: Int32 = 65_535

    init(_ available: Int32 = Self.initial) {
        self.available = available
    }

    /// Opens it, or closes it when `change` is negative; false when it would become too large.
    mutating func change(by change: Int64) -> Bool {
        let (sum, overflow) = Int64(available).addingReportingOverflow(change)
        guard !overflow, let sum = Int32(exactly: sum) else { return false }
        available = sum
        return true
    }

    /// Takes what was sent; false when it was more than the window allows.
    mutating func take(_ count: Int) -> Bool {
        guard count <= Int(available) else { return false }
        available -= Int32(truncatingIfNeeded: count)
        return true
    }
}
