// SPDX-License-Identifier: Apache-2.0

/// A field section whose HEADERS frame has come, and perhaps not all of its CONTINUATION frames
/// (RFC 9113 §4.3).
struct PendingSection: Sendable {
    var stream: HTTP2StreamID
    /// END_STREAM.
    var ends: Bool
    /// RFC 7540 §5.3.1: an error of the stream.
    var dependsOnItself = false
    /// What has come of the compressed block; empty when it lies in one frame.
    var block: [UInt8] = []
    var continuations = 0
}
