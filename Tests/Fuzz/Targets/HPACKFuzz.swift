// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Header blocks of one connection, each behind a byte that says how long it is.
enum HPACKFuzz {
    private static let sectionBytes = 2000
    private static let fieldsMax = 20

    static func run(_ input: [UInt8]) {
        var decoder = HPACKDecoder()
        var section = FieldSection()
        var encoder = HPACKEncoder()
        var reader = HPACKDecoder()
        var reread = FieldSection()
        var position = 0
        while position < input.count {
            let count = min(Int(input[position]), input.count - position - 1)
            let block = input.span.extracting(position + 1..<position + 1 + count)
            position += 1 + count
            do throws(HPACKError) {
                try decoder.decode(
                    block, into: &section, sectionBytes: sectionBytes, fieldsMax: fieldsMax)
            } catch {
                return
            }
            precondition(section.fields.count <= fieldsMax)
            check(section.fields)

            // What was read can be written, and is read the same.
            encoder.begin()
            encoder.append(section.fields)
            encoder.block.withReadable { block in
                do throws(HPACKError) {
                    try reader.decode(
                        block, into: &reread, sectionBytes: sectionBytes, fieldsMax: fieldsMax)
                } catch {
                    preconditionFailure("our own block cannot be read: \(error)")
                }
            }
            precondition(lines(section.fields) == lines(reread.fields), "fields get lost")
        }
    }

    private static func lines(_ fields: Fields) -> [UInt8] {
        var text = ByteBuffer()
        text.append(fields)
        return text.take(text.readableCount)
    }

    /// Nothing is a field that HTTP/1.1 would read in another way.
    private static func check(_ fields: Fields) {
        for index in 0..<fields.count {
            precondition(fields.withName(at: index) { Fields.isValidName($0) })
            precondition(fields.withValue(at: index) { Fields.isValidValue($0) })
            precondition(fields.name(at: index) == fields.withName(at: index) { FieldName($0) })
        }
    }
}
