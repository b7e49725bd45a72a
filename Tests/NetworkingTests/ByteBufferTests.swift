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
}
