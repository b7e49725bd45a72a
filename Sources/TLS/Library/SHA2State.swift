// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A SHA-2 hash under way, by OpenSSL, with its state on the stack.
protocol SHA2State {
    static var digestCount: Int { get }
    static var blockCount: Int { get }

    init()
    mutating func add(_ bytes: UnsafeRawBufferPointer)
    /// Writes `digestCount` bytes.
    mutating func end(into digest: UnsafeMutableRawBufferPointer)
}

extension SHA2State {
    /// Writes the digest of what was added.
    consuming func finish(into digest: UnsafeMutableRawBufferPointer) {
        var state = self
        state.end(into: digest)
    }

    /// HMAC (RFC 2104) of `message`, cut to the size of `output`; false for a key that is longer than
    /// a block, which no secret is.
    static func authenticate(
        _ message: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard key.count <= blockCount, output.count <= digestCount else { return false }
        withUnsafeTemporaryAllocation(byteCount: blockCount + digestCount, alignment: 8) { memory in
            let pad = UnsafeMutableRawBufferPointer(rebasing: memory[..<blockCount])
            let digest = UnsafeMutableRawBufferPointer(rebasing: memory[blockCount...])
            fill(pad, with: 0x36, key: key)
            hash(pad, then: message, into: digest)
            fill(pad, with: 0x5c, key: key)
            hash(pad, then: UnsafeRawBufferPointer(digest), into: digest)
            output.copyBytes(from: digest.prefix(output.count))
            OPENSSL_cleanse(memory.baseAddress, memory.count)
        }
        return true
    }

    private static func fill(
        _ pad: UnsafeMutableRawBufferPointer, with byte: UInt8, key: UnsafeRawBufferPointer
    ) {
        pad.initializeMemory(as: UInt8.self, repeating: byte)
        for index in key.indices { pad[index] ^= key[index] }
    }

    private static func hash(
        _ pad: UnsafeMutableRawBufferPointer, then message: UnsafeRawBufferPointer,
        into digest: UnsafeMutableRawBufferPointer
    ) {
        var state = Self()
        state.add(UnsafeRawBufferPointer(pad))
        state.add(message)
        state.end(into: digest)
    }
}

struct SHA256State: SHA2State {
    static let digestCount = 32
    static let blockCount = 64
    private var state = SHA256_CTX()

    init() {
        SHA256_begin(&state)
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        SHA256_add(&state, bytes.baseAddress, bytes.count)
    }

    mutating func end(into digest: UnsafeMutableRawBufferPointer) {
        SHA256_end(&state, digest.baseAddress?.assumingMemoryBound(to: UInt8.self))
        OPENSSL_cleanse(&state, MemoryLayout.size(ofValue: state))
    }
}

struct SHA384State: SHA2State {
    static let digestCount = 48
    static let blockCount = 128
    private var state = SHA512_CTX()

    init() {
        SHA384_begin(&state)
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        SHA384_add(&state, bytes.baseAddress, bytes.count)
    }

    mutating func end(into digest: UnsafeMutableRawBufferPointer) {
        SHA384_end(&state, digest.baseAddress?.assumingMemoryBound(to: UInt8.self))
        OPENSSL_cleanse(&state, MemoryLayout.size(ofValue: state))
    }
}
