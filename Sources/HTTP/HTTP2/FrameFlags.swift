// SPDX-License-Identifier: Apache-2.0

/// The flags of a frame. What a bit means depends on the type; one that means nothing there is
/// ignored (RFC 9113 §4.1).
struct FrameFlags: OptionSet, Sendable {
    let rawValue: UInt8

    /// DATA, HEADERS: the sender's last frame of the stream.
    static let endStream = FrameFlags(rawValue: 0x01)
    /// SETTINGS, PING: an answer.
    static let acknowledgement = FrameFlags(rawValue: 0x01)
    /// HEADERS, CONTINUATION: the field block ends here.
    static let endHeaders = FrameFlags(rawValue: 0x04)
    /// DATA, HEADERS: a byte with the length of the padding comes first.
    static let padded = FrameFlags(rawValue: 0x08)
    /// HEADERS: five bytes of the deprecated priority signal come before the block.
    static let priority = FrameFlags(rawValue: 0x20)
}
