// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import HTTP

@Suite struct HPACKRoundTripTests {
    @Test(arguments: 0..<24)
    func `what our encoder writes our decoder reads, while the table changes its size`(
        seed: UInt64
    ) throws {
        var lists = RandomLists(seed: seed)
        var random = SeededGenerator(seed: seed + 1000)
        let tableSize = [4096, 65_536, 100][Int(seed % 3)]
        var encoder = HPACKEncoder(tableSize: tableSize)
        var decoder = HPACKDecoder(tableSize: 65_536)
        for _ in 0..<60 {
            for _ in 0..<max(0, Int.random(in: -6..<4, using: &random)) {
                encoder.setTableSizeLimit(
                    [0, 33, 40, 64, 200, 1000, 4096, 65_536].randomElement(using: &random) ?? 0)
            }
            let list = lists.next()
            let section = try decoder.decode(encoder.encode(list))
            #expect(section.fault == nil)
            var read = section.list
            for index in read.indices { read[index].isNeverIndexed = false }
            #expect(read == list.inSectionOrder)
            // Both ends hold the same, which is what the next block relies on.
            #expect(decoder.table.list == encoder.table.list)
            #expect(decoder.table.size == encoder.table.size)
        }
    }

    @Test(arguments: 0..<150)
    func `any octets are read or refused, within the bounds`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var decoder = HPACKDecoder()
        for _ in 0..<50 {
            let block = (0..<Int.random(in: 0..<80, using: &random)).map { _ in
                // Mostly what leads somewhere.
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : [0x40, 0x01, 0x61, 0xbe, 0x82, 0x7f, 0x00, 0x10].randomElement(using: &random)
                        ?? 0
            }
            guard let section = try? decoder.decode(block, sectionBytes: 500, fieldsMax: 5) else {
                return
            }
            #expect(section.fields.count <= 5)
            #expect(section.fault != nil || section.size <= 500)
            #expect(decoder.table.size <= 4096)
        }
    }

    @Test func `cutting a block anywhere is an error or a shorter list`() throws {
        var lists = RandomLists(seed: 7)
        for _ in 0..<10 {
            let list = lists.next()
            var encoder = HPACKEncoder()
            let block = encoder.encode(list)
            for count in 0..<min(block.count, 600) {
                var decoder = HPACKDecoder()
                do throws(HPACKError) {
                    let section = try decoder.decode(Array(block.prefix(count)))
                    #expect(section.list.count < list.count)
                } catch {
                    #expect(error == .truncatedBlock)
                }
            }
        }
    }
}
