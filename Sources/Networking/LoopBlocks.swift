// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Blocks of memory of one size that the connections of one loop borrow while bytes pass.
///
/// A connection that waits holds none. What was given back last is lent first: it is still in the
/// processor's cache. Used on its loop.
package final class LoopBlocks {
    package let blockSize: Int
    /// Blocks that wait to be lent; more are freed.
    package let spareLimit: Int

    private var spare: [UnsafeMutableRawPointer] = []

    package init(blockSize: Int, spareLimit: Int) {
        self.blockSize = blockSize
        self.spareLimit = spareLimit
        spare.reserveCapacity(spareLimit)
    }

    /// How many blocks wait to be lent.
    package var spareCount: Int { spare.count }

    deinit {
        for block in spare { free(block) }
    }

    fileprivate func take() -> UnsafeMutableRawPointer {
        if let block = spare.popLast() { return block }
        // No input reaches this: the size is a constant of ours, the number of blocks lent is bounded
        // by the connections. Without memory Swift's own allocations end the process too.
        guard let block = malloc(blockSize) else { fatalError("out of memory") }
        return block
    }

    fileprivate func give(_ block: UnsafeMutableRawPointer) {
        guard spare.count < spareLimit else { return free(block) }
        spare.append(block)
    }
}

extension ByteBuffer {
    /// Puts a block in the place of what memory an empty buffer has, if that is less.
    package mutating func borrowBlock(from blocks: LoopBlocks) {
        guard isEmpty, capacity < blocks.blockSize else { return }
        replaceMemory(with: blocks.take(), capacity: blocks.blockSize)
    }

    /// Moves what waits into a block of `larger`, and gives the memory it was in back to `smaller`.
    package mutating func moveToBlock(from larger: LoopBlocks, outOf smaller: LoopBlocks) {
        guard capacity < larger.blockSize else { return }
        let wasBlock = capacity == smaller.blockSize
        guard let old = exchangeMemory(with: larger.take(), capacity: larger.blockSize) else {
            return
        }
        if wasBlock { smaller.give(old) } else { free(old) }
    }

    /// Gives a block of this size back when nothing waits in it; the buffer has no memory then.
    package mutating func returnBlock(to blocks: LoopBlocks) {
        guard isEmpty, capacity == blocks.blockSize, let block = surrenderMemory() else { return }
        blocks.give(block)
    }
}
