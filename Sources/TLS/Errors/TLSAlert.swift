// SPDX-License-Identifier: Apache-2.0

/// An alert description (RFC 8446 §6): what a handshake is refused with.
package struct TLSAlert: Hashable, Sendable {
    /// The number on the wire.
    package let code: UInt8

    package init(code: UInt8) {
        self.code = code
    }

    package static let closeNotify = TLSAlert(code: 0)
    package static let unexpectedMessage = TLSAlert(code: 10)
    package static let handshakeFailure = TLSAlert(code: 40)
    package static let badCertificate = TLSAlert(code: 42)
    package static let certificateExpired = TLSAlert(code: 45)
    package static let certificateUnknown = TLSAlert(code: 46)
    package static let illegalParameter = TLSAlert(code: 47)
    package static let unknownCA = TLSAlert(code: 48)
    package static let decodeError = TLSAlert(code: 50)
    package static let protocolVersion = TLSAlert(code: 70)
    package static let internalError = TLSAlert(code: 80)
    /// RFC 6066 §3: the server does not know the name in SNI.
    package static let unrecognizedName = TLSAlert(code: 112)
    /// RFC 7301 §3.2: nothing of the client's ALPN list is spoken here.
    package static let noApplicationProtocol = TLSAlert(code: 120)

    /// The standard's word for it, for example `unrecognized_name`.
    package var name: String {
        Self.names[code] ?? "alert \(code)"
    }

    private static let names: [UInt8: String] = [
        0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed",
        22: "record_overflow", 30: "decompression_failure", 40: "handshake_failure",
        41: "no_certificate", 42: "bad_certificate", 43: "unsupported_certificate",
        44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
        47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
        51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security",
        80: "internal_error", 86: "inappropriate_fallback", 90: "user_canceled",
        100: "no_renegotiation", 109: "missing_extension", 110: "unsupported_extension",
        111: "certificate_unobtainable", 112: "unrecognized_name",
        113: "bad_certificate_status_response", 114: "bad_certificate_hash_value",
        115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol",
    ]
}

extension TLSAlert: CustomStringConvertible {
    package var description: String { name }
}
