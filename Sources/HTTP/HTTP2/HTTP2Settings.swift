// SPDX-License-Identifier: Apache-2.0
import Networking

/// What one side has said about itself (RFC 9113 §6.5.2), beginning with what holds before it says
/// anything.
package struct HTTP2Settings: Equatable, Sendable {
    /// SETTINGS_HEADER_TABLE_SIZE
    package internal(set) var headerTableSize: UInt32 = 4096
    /// SETTINGS_MAX_CONCURRENT_STREAMS; nobody who said nothing is sent more than a usual number.
    package internal(set) var concurrentStreams: UInt32 = 100
    /// SETTINGS_INITIAL_WINDOW_SIZE
    package internal(set) var initialWindow = FlowWindow.initial
    /// SETTINGS_MAX_FRAME_SIZE
    package internal(set) var frameBytes = Self.frameBytesLeast
    /// SETTINGS_MAX_HEADER_LIST_SIZE, which is advice.
    package internal(set) var sectionBytes = UInt32.max
    /// SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441 §3)
    package internal(set) var extendedConnect = false

    /// The range of SETTINGS_MAX_FRAME_SIZE.
    static let frameBytesLeast = 1 << 14
    static let frameBytesMost = 1 << 24 - 1

    /// Bytes of one setting in a frame.
    static let entryBytes = 6

    /// The settings that mean something to us.
    enum Identifier: UInt16 {
        case headerTableSize = 0x01
        case enablePush = 0x02
        case concurrentStreams = 0x03
        case initialWindow = 0x04
        case frameBytes = 0x05
        case sectionBytes = 0x06
        case enableConnectProtocol = 0x08
        case noRFC7540Priorities = 0x09
    }

    /// Takes one setting of the peer's, which is a client or not. Unknown ones are ignored.
    mutating func receive(
        _ code: UInt16, _ value: UInt32, fromClient: Bool
    ) throws(HTTP2Fault) {
        guard let identifier = Identifier(rawValue: code) else { return }
        switch identifier {
        case .headerTableSize: headerTableSize = value
        case .enablePush:
            // RFC 9113 §6.5.2: a server may not even say that it would take pushes.
            guard value <= (fromClient ? 1 : 0) else { throw .protocolError(.settingValue) }
        case .concurrentStreams: concurrentStreams = value
        case .initialWindow:
            guard let window = Int32(exactly: value) else {
                throw HTTP2Fault(.flowControlError, .settingValue)
            }
            initialWindow = window
        case .frameBytes:
            guard (Self.frameBytesLeast...Self.frameBytesMost).contains(Int(value)) else {
                throw .protocolError(.settingValue)
            }
            frameBytes = Int(value)
        case .sectionBytes: sectionBytes = value
        case .enableConnectProtocol:
            // RFC 8441 §3: what was allowed cannot be taken back.
            guard value <= 1, value == 1 || !extendedConnect else {
                throw .protocolError(.settingValue)
            }
            extendedConnect = value == 1
        case .noRFC7540Priorities:
            // RFC 9218 §2.1
            guard value <= 1 else { throw .protocolError(.settingValue) }
        }
    }
}

extension ByteBuffer {
    /// Appends the SETTINGS frame with which a side begins.
    mutating func appendSettings(_ limits: HTTP2Limits, isServer: Bool) {
        var settings: [(HTTP2Settings.Identifier, Int)] = [
            (.initialWindow, limits.streamWindow), (.sectionBytes, limits.sectionBytes),
        ]
        if isServer {
            settings.append((.concurrentStreams, limits.concurrentStreams))
            // RFC 9218 §2.1: dependencies and weights are not looked at.
            settings.append((.noRFC7540Priorities, 1))
            if limits.extendedConnect { settings.append((.enableConnectProtocol, 1)) }
        } else {
            settings.append((.enablePush, 0))
        }
        if limits.headerTableSize != 4096 {
            settings.append((.headerTableSize, limits.headerTableSize))
        }
        if limits.frameBytes != HTTP2Settings.frameBytesLeast {
            settings.append((.frameBytes, limits.frameBytes))
        }
        let length = settings.count * HTTP2Settings.entryBytes
        append(FrameHeader(.settings, length: length, stream: 0))
        for (identifier, value) in settings {
            append(UInt8(truncatingIfNeeded: identifier.rawValue >> 8))
            append(UInt8(truncatingIfNeeded: identifier.rawValue))
            append(word: UInt32(clamping: value))
        }
    }
}
