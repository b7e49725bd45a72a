// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@Suite struct ByteBufferTests {
    @Test func `bytes come out in the order they went in, whatever the amounts`() {
        var generator = SystemRandomNumberGenerator()
        var buffer = ByteBuffer()
        var model: [UInt8] = []
        for round in 0..<2000 {
            if Bool.random(using: &generator) {
                let bytes = (0..<Int.random(in: 0...300)).map {
                    UInt8(truncatingIfNeeded: $0 + round)
                }
                buffer.append(bytes)
                model += bytes
            } else {
                let count = Int.random(in: 0...model.count)
                #expect(buffer.take(count) == Array(model.prefix(count)))
                model.removeFirst(count)
            }
            #expect(buffer.readableCount == model.count)
        }
    }

    @Test(arguments: [0, 7, 10, 65535, UInt64.max]) func `numbers are appended in decimal`(
        number: UInt64
    ) {
        var buffer = ByteBuffer()
        buffer.append(decimal: number)
        #expect(buffer.take(buffer.readableCount) == Array(String(number).utf8))
    }

    @Test func `memory is given back only when nothing waits`() {
        var buffer = ByteBuffer()
        buffer.append("x")
        buffer.releaseIfEmpty()
        #expect(buffer.capacity > 0)
        buffer.clear()
        buffer.releaseIfEmpty()
        #expect(buffer.capacity == 0)
    }

    @Test func `a block is lent to an empty buffer and comes back from an empty one`() {
        let blocks = LoopBlocks(blockSize: 16384, spareLimit: 4)
        var buffer = ByteBuffer()
        buffer.append("x")
        buffer.borrowBlock(from: blocks)
        #expect(buffer.room < blocks.blockSize)
        buffer.consume(1)
        buffer.borrowBlock(from: blocks)
        #expect(buffer.room == blocks.blockSize)
        buffer.append("y")
        buffer.returnBlock(to: blocks)
        #expect(buffer.take(1) == Array("y".utf8))
        buffer.returnBlock(to: blocks)
        #expect(buffer.capacity == 0)
        #expect(blocks.spareCount == 1)
        buffer.borrowBlock(from: blocks)
        #expect(blocks.spareCount == 0)
    }

    @Test func `a loop keeps so many spare blocks and no more`() {
        let blocks = LoopBlocks(blockSize: 16384, spareLimit: 4)
        func lend(_ count: Int) {
            guard count > 0 else { return }
            var buffer = ByteBuffer()
            buffer.borrowBlock(from: blocks)
            lend(count - 1)
            buffer.returnBlock(to: blocks)
        }
        lend(blocks.spareLimit + 3)
        #expect(blocks.spareCount == blocks.spareLimit)
    }
}
