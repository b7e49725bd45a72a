// SPDX-License-Identifier: Apache-2.0

/// The frame types that mean something to us (RFC 9113 §6, RFC 9218 §7.1); every other is ignored
/// (RFC 9113 §5.5).
enum FrameType: UInt8, Sendable {
    case data = 0x00
    case headers = 0x01
    case priority = 0x02
    case resetStream = 0x03
    case settings = 0x04
    case pushPromise = 0x05
    case ping = 0x06
    case goAway = 0x07
    case windowUpdate = 0x08
    case continuation = 0x09
    case priorityUpdate = 0x10
}
