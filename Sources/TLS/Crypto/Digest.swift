// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// Digests, message authentication and random bytes, all by OpenSSL.
///
/// These cannot fail on sound machines; where OpenSSL says they did, no answer would be safe, and
/// the process stops.
package enum Digest {
    /// SHA-256: 32 bytes.
    package static func sha256(_ message: [UInt8]) -> [UInt8] {
        message.withUnsafeBytes { sha256($0) }
    }

    static func sha256(_ message: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: sha256Count) { room, count in
            var written = 0
            let result = EVP_Q_digest(
                nil, "SHA256", nil, message.baseAddress, message.count, room.baseAddress, &written)
            precondition(result == 1 && written == sha256Count, "SHA-256 is not available")
            count = written
        }
    }

    /// SHA-1: 20 bytes. Not for security: WebSocket's handshake has it (RFC 6455 §4.2.2).
    package static func sha1(_ message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: sha1Count) { room, count in
            var written = 0
            let result = EVP_Q_digest(
                nil, "SHA1", nil, message, message.count, room.baseAddress, &written)
            precondition(result == 1 && written == sha1Count, "SHA-1 is not available")
            count = written
        }
    }

    /// HMAC with SHA-256 (RFC 2104): 32 bytes.
    package static func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        // An empty key must not be passed as a null pointer, which means "the key of before".
        let padded = key.isEmpty ? [0] : key
        return [UInt8](unsafeUninitializedCapacity: sha256Count) { room, count in
            var written = 0
            let result = EVP_Q_mac(
                nil, "HMAC", nil, "SHA256", nil, padded, key.count, message, message.count,
                room.baseAddress, room.count, &written)
            precondition(result != nil && written == sha256Count, "HMAC is not available")
            count = written
        }
    }

    /// HMAC with SHA-512 (RFC 4868): 64 bytes.
    package static func hmacSHA512(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        let padded = key.isEmpty ? [0] : key
        return [UInt8](unsafeUninitializedCapacity: sha512Count) { room, count in
            var written = 0
            let result = EVP_Q_mac(
                nil, "HMAC", nil, "SHA512", nil, padded, key.count, message, message.count,
                room.baseAddress, room.count, &written)
            precondition(result != nil && written == sha512Count, "HMAC is not available")
            count = written
        }
    }

    /// Bytes that nobody can guess, from OpenSSL's generator of this thread.
    package static func randomBytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { room, written in
            precondition(RAND_bytes(room.baseAddress, CInt(count)) == 1, "no randomness")
            written = count
        }
    }

    /// Whether two secrets are equal, in a time that depends on their length alone.
    package static func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// Two lower-case digits a byte.
    package static func hexadecimal(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { room in
            for (index, byte) in bytes.enumerated() {
                room[2 * index] = hexadecimalDigits[Int(byte >> 4)]
                room[2 * index + 1] = hexadecimalDigits[Int(byte & 15)]
            }
            return 2 * bytes.count
        }
    }

    static let sha256Count = 32
    private static let sha512Count = 64
    private static let sha1Count = 20
    private static let hexadecimalDigits = Array("0123456789abcdef".utf8)
}
