// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Bytes on their way: appended at one end, consumed at the other, in one piece of memory.
///
/// It has one owner and grows as it is asked to; whoever fills it from a peer keeps the bound.
package struct ByteBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private var reader = 0
    private var writer = 0

    /// The bytes of memory held.
    package private(set) var capacity = 0

    /// An empty buffer; memory is taken with the first bytes.
    package init() {}

    deinit {
        free(base)
    }

    /// How many bytes wait to be consumed.
    package var readableCount: Int { writer - reader }

    /// How many bytes fit behind those that wait, without taking more memory.
    package var room: Int { capacity - writer }

    package var isEmpty: Bool { writer == reader }

    /// Lends the bytes that wait.
    package func withReadable<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try body(Span(_unsafeElements: readableBytes))
    }

    /// The bytes that wait, as raw memory: valid until the buffer changes.
    package var readableBytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(
            start: UnsafePointer(base?.assumingMemoryBound(to: UInt8.self)).map { $0 + reader },
            count: readableCount)
    }

    /// Takes `count` bytes from the front; never more than there are.
    package mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= readableCount, "consuming more than there is")
        reader += count
        if reader == writer {
            reader = 0
            writer = 0
        }
    }

    /// Takes everything, keeping the memory.
    package mutating func clear() {
        reader = 0
        writer = 0
    }

    /// Gives the memory back when nothing waits: what an idle connection does.
    package mutating func releaseIfEmpty() {
        guard isEmpty, base != nil else { return }
        free(base)
        base = nil
        capacity = 0
    }

    /// Frees the memory of an empty buffer and takes over `memory`, which `malloc` gave.
    mutating func replaceMemory(with memory: UnsafeMutableRawPointer, capacity: Int) {
        releaseIfEmpty()
        base = memory
        self.capacity = capacity
    }

    /// Moves what waits into larger `memory`, which `malloc` gave, and hands over what it was in.
    mutating func exchangeMemory(
        with memory: UnsafeMutableRawPointer, capacity: Int
    ) -> UnsafeMutableRawPointer? {
        let waiting = readableCount
        precondition(waiting <= capacity, "moving into too little memory")
        let old = base
        if let old { memcpy(memory, old + reader, waiting) }
        base = memory
        self.capacity = capacity
        reader = 0
        writer = waiting
        return old
    }

    /// Hands over the memory of an empty buffer.
    mutating func surrenderMemory() -> UnsafeMutableRawPointer? {
        defer {
            base = nil
            capacity = 0
        }
        return base
    }

    /// Lends room for at least `minimum` bytes to be filled in; `body` says how many were.
    package mutating func withWritable<E: Error>(
        minimum: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) {
        reserve(minimum)
        guard let base else { return }
        let room = UnsafeMutableRawBufferPointer(start: base + writer, count: capacity - writer)
        let count = try body(room)
        precondition(count >= 0 && count <= room.count, "more filled in than there was room")
        writer += count
    }

    /// The same, checked: what the rooms above use.
    package mutating func fill<E: Error>(
        minimum: Int, _ body: (inout MutableSpan<UInt8>) throws(E) -> Int
    ) throws(E) {
        try withWritable(minimum: minimum) { (room) throws(E) in
            var span = MutableSpan<UInt8>(_unsafeBytes: room)
            return try body(&span)
        }
    }

    /// Makes room for `count` more bytes: by moving what waits to the front, else by growing.
    package mutating func reserve(_ count: Int) {
        guard capacity - writer < count else { return }
        let waiting = readableCount
        if capacity - waiting >= count, reader >= waiting, let base {
            memcpy(base, base + reader, waiting)
        } else {
            var grown = max(capacity, 256)
            while grown - waiting < count { grown *= 2 }
            // No input reaches this: every parser bounds what it lets wait here. Without memory Swift's
            // own allocations end the process too.
            guard let memory = malloc(grown) else { fatalError("out of memory") }
            if let base { memcpy(memory, base + reader, waiting) }
            free(base)
            base = memory
            capacity = grown
        }
        reader = 0
        writer = waiting
    }

    /// Appends one byte.
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        base?.storeBytes(of: byte, toByteOffset: writer, as: UInt8.self)
        writer += 1
    }

    package mutating func append(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBytes { append(raw: $0) }
    }

    package mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { append(raw: $0) }
    }

    package mutating func append(_ bytes: ArraySlice<UInt8>) {
        bytes.withUnsafeBytes { append(raw: $0) }
    }

    /// Appends text as UTF-8.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(raw: UnsafeRawBufferPointer($0)) }
    }

    /// Appends a literal without making a `String` of it.
    package mutating func append(_ literal: StaticString) {
        append(
            raw: UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends a number in decimal digits.
    package mutating func append(decimal number: UInt64) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var rest = number
        withUnsafeMutableBytes(of: &digits) { room in
            var start = room.count
            repeat {
                start -= 1
                room[start] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            append(raw: UnsafeRawBufferPointer(rebasing: room[start...]))
        }
    }

    /// Moves everything that waits in `other` to the end of this one.
    package mutating func append(draining other: inout ByteBuffer) {
        append(raw: UnsafeRawBufferPointer(other.readableBytes))
        other.clear()
    }

    /// Takes `count` bytes from the front as an array.
    package mutating func take(_ count: Int) -> [UInt8] {
        let bytes = Array(readableBytes.prefix(count))
        consume(bytes.count)
        return bytes
    }

    private mutating func append(raw bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        guard let base else { return }
        memcpy(base + writer, source, bytes.count)
        writer += bytes.count
    }
}
