// SPDX-License-Identifier: Apache-2.0
import Networking

/// What a header block said (RFC 9113 §8.2, §8.3): pseudo-header fields apart from the others.
/// Reused for block after block.
package struct FieldSection: Sendable {
    /// The regular fields. The arena holds a whole line for each, one behind the other, so that an
    /// HTTP/1.1 origin gets them as one run; among them lie the lines of pseudo-header fields, which
    /// are no entries.
    package var fields = Fields()

    /// Where in the arena of `fields` the value of each pseudo-header field lies; nil: it is not there.
    var method: Range<Int>?
    var scheme: Range<Int>?
    var authority: Range<Int>?
    var path: Range<Int>?
    var status: Range<Int>?
    var protocolName: Range<Int>?

    /// The first thing that is wrong with a field. What came behind it was decoded all the same, as the
    /// table has to stay in step; a field with a fault is in none of the above.
    var fault: FieldFault?

    /// Names, values and 32 for each field (RFC 9113 §6.5.2), also of fields that were left out.
    var size = 0

    private var sectionBytes = 0
    private var fieldsMax = 0

    package init() {}

    /// Forgets everything; memory is kept for the next block when asked for.
    package mutating func removeAll(keepingCapacity: Bool = false) {
        fields.removeAll(keepingCapacity: keepingCapacity)
        method = nil
        scheme = nil
        authority = nil
        path = nil
        status = nil
        protocolName = nil
        fault = nil
        size = 0
    }

    /// Forgets everything but the memory; what comes is held against these bounds.
    mutating func begin(sectionBytes: Int, fieldsMax: Int) {
        removeAll(keepingCapacity: true)
        self.sectionBytes = sectionBytes
        self.fieldsMax = fieldsMax
    }

    /// Appends a field of a table, given by its line.
    @inline(__always)
    mutating func append(_ entry: TableEntry, line: Span<UInt8>) {
        guard admits(entry) else { return }
        let start = fields.arena.count
        fields.arena.append(copying: line)
        record(entry, at: start)
    }

    /// Appends a field whose line is the end of the arena already, from `start` on; a field that cannot
    /// be had is cut off.
    mutating func append(_ entry: TableEntry, lineAt start: Int, isNeverIndexed: Bool = false) {
        if admits(entry) {
            record(entry, at: start, isNeverIndexed: isNeverIndexed)
        } else {
            dropArena(from: start)
        }
    }

    /// Cuts off the end of the arena.
    mutating func dropArena(from start: Int) {
        fields.arena.removeLast(fields.arena.count - start)
    }

    /// Notes a fault unless there was one before it.
    mutating func note(_ fault: FieldFault) {
        self.fault = self.fault ?? fault
    }

    /// Counts a field; whether it has a place here.
    @inline(__always)
    private mutating func admits(_ entry: TableEntry) -> Bool {
        size += entry.size
        guard size <= sectionBytes else { return refuse(.sectionTooLarge) }
        if let fault = entry.fault { return refuse(fault) }
        guard let pseudo = entry.pseudo else {
            return fields.entries.count < fieldsMax || refuse(.tooManyFields)
        }
        // RFC 9113 §8.3: before all regular fields, each once.
        guard fields.entries.isEmpty else { return refuse(.latePseudoField) }
        return self[pseudo] == nil || refuse(.repeatedPseudoField)
    }

    private mutating func refuse(_ fault: FieldFault) -> Bool {
        note(fault)
        return false
    }

    @inline(__always)
    private mutating func record(
        _ entry: TableEntry, at start: Int, isNeverIndexed: Bool = false
    ) {
        let value = entry.valueRange(from: start)
        if let pseudo = entry.pseudo {
            self[pseudo] = value
            return
        }
        fields.seen.insert(entry.name)
        fields.entries.append(
            Fields.Entry(
                nameStart: UInt32(truncatingIfNeeded: start), nameCount: entry.nameCount,
                valueStart: UInt32(truncatingIfNeeded: value.lowerBound),
                valueCount: entry.valueCount, name: entry.name, isLine: true,
                isNeverIndexed: isNeverIndexed))
    }

    /// Where the value of a pseudo-header field lies.
    subscript(_ pseudo: PseudoField) -> Range<Int>? {
        get {
            switch pseudo {
            case .method: method
            case .scheme: scheme
            case .authority: authority
            case .path: path
            case .status: status
            case .protocolName: protocolName
            }
        }
        set {
            switch pseudo {
            case .method: method = newValue
            case .scheme: scheme = newValue
            case .authority: authority = newValue
            case .path: path = newValue
            case .status: status = newValue
            case .protocolName: protocolName = newValue
            }
        }
    }
}
