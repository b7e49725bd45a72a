// SPDX-License-Identifier: Apache-2.0

/// A query or a response (RFC 1035 §4), with EDNS (RFC 6891). A value: it knows no socket.
package struct Message: Hashable, Sendable {
    package var header: MessageHeader
    package var questions: [Question]
    package var answers: [ResourceRecord]
    package var authorities: [ResourceRecord]
    /// Without the OPT record, which is `edns`.
    package var additionals: [ResourceRecord]
    package var edns: EDNS?

    package init(
        _ header: MessageHeader, questions: [Question] = [], answers: [ResourceRecord] = [],
        authorities: [ResourceRecord] = [], additionals: [ResourceRecord] = [], edns: EDNS? = nil
    ) {
        self.header = header
        self.questions = questions
        self.answers = answers
        self.authorities = authorities
        self.additionals = additionals
        self.edns = edns
    }

    /// All twelve bits of the response code.
    package var responseCode: ResponseCode {
        ResponseCode(
            rawValue: UInt16(edns?.extendedCode ?? 0) << 4 | header.responseCode.rawValue)
    }

    /// Reads a whole message. Bounded work for any input; never more than the bytes hold.
    package init(_ bytes: [UInt8]) throws(MessageError) {
        var reader = WireReader(bytes)
        let opening = try MessageOpening(from: &reader)
        header = opening.header
        questions = opening.questions
        answers = try Self.records(opening.answerCount, from: &reader)
        authorities = try Self.records(opening.authorityCount, from: &reader)
        additionals = try Self.records(opening.additionalCount, from: &reader)
        guard reader.remaining == 0 else { throw .trailingBytes(reader.remaining) }

        let options = additionals.filter { $0.type == .opt }
        guard options.count <= 1 else { throw .badOption }
        edns = nil
        if let option = options.first {
            edns = try EDNS(option)
            additionals.removeAll { $0.type == .opt }
        }
    }

    /// The wire form, names compressed.
    package var bytes: [UInt8] {
        let extras = additionals + (edns.map { [$0.record] } ?? [])
        var writer = WireWriter()
        writer.write(header.id)
        writer.write(header.flags)
        for count in [questions.count, answers.count, authorities.count, extras.count] {
            writer.write(UInt16(truncatingIfNeeded: count))
        }
        for question in questions { question.write(to: &writer) }
        for record in answers + authorities + extras { record.write(to: &writer) }
        return writer.bytes
    }

    /// The largest message that its two length bytes over TCP can announce.
    package static let maxLength = 0xffff

    private static func records(
        _ count: Int, from reader: inout WireReader
    ) throws(MessageError) -> [ResourceRecord] {
        var records: [ResourceRecord] = []
        for _ in 0..<count { records.append(try ResourceRecord(from: &reader)) }
        return records
    }
}

/// The header, its counts, and the questions: enough to know whether a datagram answers a query,
/// also when the rest is cut off or broken.
struct MessageOpening {
    var header: MessageHeader
    var questions: [Question]
    var answerCount: Int
    var authorityCount: Int
    var additionalCount: Int

    init(from reader: inout WireReader) throws(MessageError) {
        header = MessageHeader(id: try reader.readUInt16(), flags: try reader.readUInt16())
        let questionCount = Int(try reader.readUInt16())
        answerCount = Int(try reader.readUInt16())
        authorityCount = Int(try reader.readUInt16())
        additionalCount = Int(try reader.readUInt16())
        questions = []
        for _ in 0..<questionCount { questions.append(try Question(from: &reader)) }
    }

    init(_ bytes: [UInt8]) throws(MessageError) {
        var reader = WireReader(bytes)
        try self.init(from: &reader)
    }
}
