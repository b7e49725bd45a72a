// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTP

@Suite struct FieldFaultTests {
    /// How a field comes: without a table, into the table, and from there.
    private func faults(_ name: [UInt8], _ value: [UInt8]) throws -> [FieldFault?] {
        var decoder = HPACKDecoder()
        let literal = [UInt8(name.count)] + name + [UInt8(value.count)] + value
        return try [
            decoder.decode([0x00] + literal), decoder.decode([0x10] + literal),
            decoder.decode([0x40] + literal), decoder.decode([0xbe]),
            // The name from the table, the value again.
            decoder.decode([0x0f, 0x2f, UInt8(value.count)] + value),
        ].map { section in
            #expect(section.fields.count == (section.fault == nil && name.first != 0x3a ? 1 : 0))
            return section.fault
        }
    }

    /// RFC 9113 §8.2.1, §8.2.2, §8.3; RFC 9110 §5.1, §5.5.
    @Test(arguments: [
        ("x-a", "b", nil), ("x-a", "", nil), ("x-a", "a b\tc", nil), ("x-a", "\u{80}\u{ff}", nil),
        ("!#$%&'*+-.^_`|~09az", "b", nil), (":path", "/", nil), (":path", "", nil),
        ("te", "trailers", nil), ("te", "Trailers", nil),
        ("", "b", FieldFault.emptyName),
        ("X-a", "b", .uppercaseName), ("x-A", "b", .uppercaseName), ("Host", "b", .uppercaseName),
        ("Connection", "close", .uppercaseName),
        ("x a", "b", .malformedName), ("x-a ", "b", .malformedName), ("x\0", "b", .malformedName),
        ("x:", "b", .malformedName), ("x-a\r\nhost", "b", .malformedName),
        ("x\u{ff}", "b", .malformedName), ("x(", "b", .malformedName),
        ("content\u{d}length", "0", .malformedName), ("x\u{7f}", "b", .malformedName),
        (":", "b", .unknownPseudoField), (":path ", "/", .unknownPseudoField),
        (":Path", "/", .unknownPseudoField), (":version", "1", .unknownPseudoField),
        ("connection", "close", .connectionSpecificField),
        ("keep-alive", "timeout=5", .connectionSpecificField),
        ("proxy-connection", "keep-alive", .connectionSpecificField),
        ("transfer-encoding", "chunked", .connectionSpecificField),
        ("upgrade", "websocket", .connectionSpecificField),
        ("te", "gzip", .teWithoutTrailers), ("te", "trailers, gzip", .teWithoutTrailers),
        ("te", "", .teWithoutTrailers),
        ("x-a", "\0", .controlByteInValue), ("x-a", "b\r\nc: d", .controlByteInValue),
        ("x-a", "b\n", .controlByteInValue), ("x-a", "\u{7f}", .controlByteInValue),
        ("x-a", "a\tb\u{1}", .controlByteInValue), (":path", "/\n", .controlByteInValue),
        ("x-a", " b", .blankAroundValue), ("x-a", "b ", .blankAroundValue),
        ("x-a", "\tb", .blankAroundValue), ("x-a", "b\t", .blankAroundValue),
        ("x-a", " ", .blankAroundValue), (":path", "/ ", .blankAroundValue),
    ])
    func `a field is judged the same however it comes`(
        name: String, value: String, fault: FieldFault?
    ) throws {
        let found = try faults(Array(latin1: name), Array(latin1: value))
        #expect(found == Array(repeating: fault, count: 5))
    }

    @Test func `a value's fault is not its name's`() throws {
        var decoder = HPACKDecoder()
        #expect(try decoder.decode(Array(hex: "40 01 61 01 00")).fault == .controlByteInValue)
        #expect(try decoder.decode(Array(hex: "7e 01 62")).list == [ListedField("a", "b")])
    }

    @Test func `a name of the static table has its fault with every value`() throws {
        var decoder = HPACKDecoder()
        // transfer-encoding, alone and with a value.
        #expect(try decoder.decode([0xb9]).fault == .connectionSpecificField)
        #expect(try decoder.decode(Array(hex: "79 01 61")).fault == .connectionSpecificField)
    }

    /// RFC 9113 §8.3.
    @Test(arguments: [
        ("82 82", FieldFault.repeatedPseudoField), ("82 83", .repeatedPseudoField),
        ("84 04 01 2f", .repeatedPseudoField), ("88 88", .repeatedPseudoField),
        ("93 82", .latePseudoField), ("82 93 87", .latePseudoField),
    ])
    func `a pseudo-header field comes once and before the others`(
        hex: String, fault: FieldFault
    )
        throws
    {
        var decoder = HPACKDecoder()
        #expect(try decoder.decode(Array(hex: hex)).fault == fault)
    }

    @Test func `the first fault is told, and what follows is read all the same`() throws {
        var decoder = HPACKDecoder()
        // X: y, then a: b into the table, then a NUL.
        let section = try decoder.decode(Array(hex: "40 01 58 01 79 40 01 61 01 62 40 01 63 01 00"))
        #expect(section.fault == .uppercaseName)
        #expect(section.list == [ListedField("a", "b")])
        #expect(decoder.table.count == 3)
        #expect(try decoder.decode([0xbf]).list == [ListedField("a", "b")])
    }

    @Test(arguments: FieldFault.allCases)
    func `every fault says what it is`(fault: FieldFault) {
        #expect(!fault.description.isEmpty)
        #expect(FieldFault.allCases.filter { $0.description == fault.description } == [fault])
    }

    @Test(arguments: HPACKError.allCases)
    func `every error says what it is`(error: HPACKError) {
        #expect(HPACKError.allCases.filter { $0.description == error.description } == [error])
    }
}
