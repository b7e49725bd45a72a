// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The large blocks of memory that the connections of one loop borrow while a body passes.
///
/// What was given back last is lent first: it is still in the processor's cache. Used on its loop.
package final class LoopBlocks {
    /// What one read can take: several TLS records, and half of what a socket usually holds.
    package static let blockSize = 128 * 1024
    /// Blocks that wait to be lent; more are freed.
    package static let spareLimit = 16

    private var spare: [UnsafeMutableRawPointer] = []

    package init() {
        spare.reserveCapacity(Self.spareLimit)
    }

    /// How many blocks wait to be lent.
    package var spareCount: Int { spare.count }

    deinit {
        for block in spare { free(block) }
    }

    fileprivate func take() -> UnsafeMutableRawPointer {
        if let block = spare.popLast() { return block }
        guard let block = malloc(Self.blockSize) else { fatalError("out of memory") }
        return block
    }

    fileprivate func give(_ block: UnsafeMutableRawPointer) {
        guard spare.count < Self.spareLimit else { return free(block) }
        spare.append(block)
    }
}

extension ByteBuffer {
    /// Puts a block in the place of what memory an empty buffer has.
    package mutating func borrowBlock(from blocks: LoopBlocks) {
        guard isEmpty, capacity < LoopBlocks.blockSize else { return }
        replaceMemory(with: blocks.take(), capacity: LoopBlocks.blockSize)
    }

    /// Gives a block back when nothing waits in it; the buffer has no memory then.
    package mutating func returnBlock(to blocks: LoopBlocks) {
        guard isEmpty, capacity == LoopBlocks.blockSize, let block = surrenderMemory() else {
            return
        }
        blocks.give(block)
    }
}
