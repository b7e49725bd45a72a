// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// Why a transport carries nothing more.
enum TransportEnd: Equatable {
    case ended
    case failed(CInt)
}

extension TLSConnection {
    /// What a fatal result of libssl means, and whose fault it is.
    func failure(_ code: CInt) -> TLSError {
        let stack = ErrorStack.take()
        switch decision {
        case .refused(let alert): return .refused(alert)
        case .failed(_, let error): return error
        default: break
        }
        if code == SSL_ERROR_SYSCALL || stack.code == 0 {
            switch transportEnd {
            case .failed(let code): return .transport(code)
            case .ended, nil: return .closedByPeer
            }
        }
        guard stack.library == ERR_LIB_SSL else { return .ours(stack.text) }
        return failure(stack)
    }

    private func failure(_ stack: ErrorStack) -> TLSError {
        let alert = stack.reason - SSL_AD_REASON_OFFSET
        if let code = UInt8(exactly: alert) { return .alertReceived(TLSAlert(code: code)) }
        switch stack.reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            let result = SSL_get_verify_result(handle)
            return .certificateRejected(String(cString: X509_verify_cert_error_string(result)))
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_UNKNOWN_PROTOCOL, SSL_R_VERSION_TOO_LOW,
            SSL_R_WRONG_SSL_VERSION, SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_NO_SHARED_CIPHER,
            SSL_R_NO_SHARED_GROUPS, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SUITABLE_GROUPS,
            SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
            SSL_R_NO_APPLICATION_PROTOCOL, SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED,
            SSL_R_INAPPROPRIATE_FALLBACK, SSL_R_NO_CIPHERS_SPECIFIED:
            return .peerIncompatible(stack.text)
        case SSL_R_HTTP_REQUEST: return .plainHTTP
        case CInt(ERR_R_MALLOC_FAILURE), CInt(ERR_R_INTERNAL_ERROR):
            return .ours(stack.text)
        default:
            return .peerMisbehaved(stack.text)
        }
    }
}
