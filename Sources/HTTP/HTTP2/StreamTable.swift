// SPDX-License-Identifier: Apache-2.0

/// The streams that are not closed, found by their id: open addressing in one array, half of it
/// free at least, nothing of it taken before the first stream.
///
/// Ids of one side are every second number, so that streams which were opened one after the other
/// lie in neighbouring slots and hardly ever meet. A slot is valid until the next removal.
struct StreamTable: Sendable {
    /// Id 0 is a free slot.
    private var slots: [OpenStream] = []
    private(set) var count = 0

    private static let initialSlots = 8

    private var mask: Int { slots.count - 1 }

    /// Where the stream is; nil when it is idle or closed.
    func slot(of id: HTTP2StreamID) -> Int? {
        guard count > 0, id != 0 else { return nil }
        var slot = home(of: id)
        while slots[slot].id != 0 {
            if slots[slot].id == id { return slot }
            slot = (slot + 1) & mask
        }
        return nil
    }

    subscript(slot: Int) -> OpenStream {
        get { slots[slot] }
        _modify { yield &slots[slot] }
    }

    /// Adds a stream that is not in it.
    mutating func insert(_ stream: OpenStream) {
        if (count + 1) * 2 > slots.count { grow() }
        place(stream)
        count += 1
    }

    /// Removes the stream at `slot`, and moves those that it had displaced.
    mutating func remove(at slot: Int) {
        var free = slot
        var next = (slot + 1) & mask
        while slots[next].id != 0 {
            let home = home(of: slots[next].id)
            // It may go to the free slot unless its home lies behind that, going round.
            if (next - home) & mask >= (next - free) & mask {
                slots[free] = slots[next]
                free = next
            }
            next = (next + 1) & mask
        }
        slots[free].id = 0
        count -= 1
    }

    /// Lends each stream; stops when `body` says false, and then says so.
    mutating func forEach(_ body: (inout OpenStream) -> Bool) -> Bool {
        guard count > 0 else { return true }
        for slot in slots.indices where slots[slot].id != 0 {
            guard body(&slots[slot]) else { return false }
        }
        return true
    }

    /// Removes the streams above `last`.
    mutating func removeAll(above last: HTTP2StreamID) {
        let old = slots
        slots = Array(repeating: Self.free, count: old.count)
        count = 0
        for stream in old where stream.id != 0 && stream.id <= last { insert(stream) }
    }

    /// Gives the memory back when nothing is in it.
    mutating func releaseIfEmpty() {
        if count == 0 { slots = [] }
    }

    private func home(of id: HTTP2StreamID) -> Int { Int(id >> 1) & mask }

    private mutating func place(_ stream: OpenStream) {
        var slot = home(of: stream.id)
        while slots[slot].id != 0 { slot = (slot + 1) & mask }
        slots[slot] = stream
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Self.free, count: max(Self.initialSlots, old.count * 2))
        for stream in old where stream.id != 0 { place(stream) }
    }

    private static let free = OpenStream(
        id: 0, sending: FlowWindow(), receiving: CreditWindow(FlowWindow.initial))
}
