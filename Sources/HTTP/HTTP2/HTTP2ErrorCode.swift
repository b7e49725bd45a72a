// SPDX-License-Identifier: Apache-2.0

/// Why a stream or a connection ends, in RST_STREAM and GOAWAY (RFC 9113 §7).
package enum HTTP2ErrorCode: UInt32, CaseIterable, Sendable {
    case noError = 0x00
    case protocolError = 0x01
    case internalError = 0x02
    case flowControlError = 0x03
    case settingsTimeout = 0x04
    case streamClosed = 0x05
    case frameSizeError = 0x06
    case refusedStream = 0x07
    case cancel = 0x08
    case compressionError = 0x09
    case connectError = 0x0a
    case enhanceYourCalm = 0x0b
    case inadequateSecurity = 0x0c
    case http11Required = 0x0d

    /// What a peer sent: codes that nobody registered count as INTERNAL_ERROR.
    package init(received code: UInt32) {
        self = HTTP2ErrorCode(rawValue: code) ?? .internalError
    }
}

extension HTTP2ErrorCode: CustomStringConvertible {
    /// The registered name.
    package var description: String {
        switch self {
        case .noError: "NO_ERROR"
        case .protocolError: "PROTOCOL_ERROR"
        case .internalError: "INTERNAL_ERROR"
        case .flowControlError: "FLOW_CONTROL_ERROR"
        case .settingsTimeout: "SETTINGS_TIMEOUT"
        case .streamClosed: "STREAM_CLOSED"
        case .frameSizeError: "FRAME_SIZE_ERROR"
        case .refusedStream: "REFUSED_STREAM"
        case .cancel: "CANCEL"
        case .compressionError: "COMPRESSION_ERROR"
        case .connectError: "CONNECT_ERROR"
        case .enhanceYourCalm: "ENHANCE_YOUR_CALM"
        case .inadequateSecurity: "INADEQUATE_SECURITY"
        case .http11Required: "HTTP_1_1_REQUIRED"
        }
    }
}
