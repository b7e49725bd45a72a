// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Where the fields of a head are written to: HTTP/1.1 lines, or a header block of HTTP/2.
///
/// Names and values are known to be well-formed; names may be in any case.
package protocol FieldSink: ~Copyable {
    /// Appends a field of a known name.
    mutating func append(_ name: FieldName, _ value: Span<UInt8>)
    /// Appends a field of any name.
    mutating func append(name: Span<UInt8>, value: Span<UInt8>)
    /// Appends fields in their order.
    mutating func append(_ fields: Fields)
}

extension ByteBuffer: FieldSink {
    package mutating func append(name: Span<UInt8>, value: Span<UInt8>) {
        append(name)
        append(": ")
        append(value)
        appendLineEnd()
    }
}
