// SPDX-License-Identifier: Apache-2.0

/// A field as a table keeps it: its line (`name: value CRLF`) among the table's bytes, and what was
/// found out about it when it was written there, so that a reference to it costs one copy.
struct TableEntry: Sendable {
    /// Where the line begins; counted by the table.
    var start: UInt32 = 0
    var nameCount: UInt32
    var valueCount: UInt32
    var name: FieldName
    var pseudo: PseudoField?
    var fault: FieldFault?

    /// What the entry counts against the size of a table, and a field against that of a section
    /// (RFC 7541 §4.1, RFC 9113 §6.5.2).
    var size: Int { Int(nameCount) + Int(valueCount) + Self.overhead }

    static let overhead = 32

    /// Where the name lies when the line begins at `start`.
    func nameRange(from start: Int) -> Range<Int> { start..<start + Int(nameCount) }

    /// Where the value lies when the line begins at `start`.
    func valueRange(from start: Int) -> Range<Int> {
        let valueStart = start + Int(nameCount) + 2
        return valueStart..<valueStart + Int(valueCount)
    }

    /// How long the line is.
    var lineCount: Int { Int(nameCount) + Int(valueCount) + 4 }

    /// What is wrong with the name alone.
    var nameFault: FieldFault? {
        guard let fault, fault.isOfName else { return nil }
        return fault
    }
}
