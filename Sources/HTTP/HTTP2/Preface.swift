// SPDX-License-Identifier: Apache-2.0
import Networking

/// The 24 bytes with which a client begins (RFC 9113 §3.4).
enum Preface {
    static let count = 24
    /// `PRI * HTTP/2.0`, an empty line, `SM`, an empty line.
    static let bytes: InlineArray<24, UInt8> = [
        0x50, 0x52, 0x49, 0x20, 0x2a, 0x20, 0x48, 0x54, 0x54, 0x50, 0x2f, 0x32, 0x2e, 0x30, 0x0d,
        0x0a, 0x0d, 0x0a, 0x53, 0x4d, 0x0d, 0x0a, 0x0d, 0x0a,
    ]
}

extension ByteBuffer {
    mutating func appendPreface() {
        append("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    }
}
