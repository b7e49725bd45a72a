// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// One key that session tickets are sealed with; wiped when it is gone.
///
/// Unchecked Sendable: its memory is written in `init` alone.
final class TicketKey: @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer

    init() {
        memory = .allocate(byteCount: Self.count, alignment: 16)
        precondition(RAND_bytes(memory, CInt(Self.count)) == 1, "no randomness")
    }

    deinit {
        OPENSSL_cleanse(memory, Self.count)
        memory.deallocate()
    }

    /// In the clear at the head of a ticket: says which key it is.
    var name: UnsafeRawBufferPointer { .init(start: memory, count: Self.nameCount) }
    /// For AES-256-CBC.
    var cipherKey: UnsafePointer<UInt8> { bytes(at: Self.nameCount) }
    /// For HMAC-SHA256.
    var macKey: UnsafePointer<UInt8> { bytes(at: Self.nameCount + Self.keyCount) }

    private func bytes(at offset: Int) -> UnsafePointer<UInt8> {
        UnsafePointer((memory + offset).assumingMemoryBound(to: UInt8.self))
    }

    static let nameCount = 16
    static let keyCount = 32
    private static let count = nameCount + 2 * keyCount
}
