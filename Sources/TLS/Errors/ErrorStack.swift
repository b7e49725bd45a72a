// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// OpenSSL's error queue of the current thread, taken and left empty.
struct ErrorStack {
    /// The first entry: the deepest cause. 0: there was none.
    let code: UInt
    /// All entries as text, the cause first.
    let text: String

    /// Takes what is queued.
    static func take() -> ErrorStack {
        let first = ERR_peek_error()
        var lines: [String] = []
        while true {
            var data: UnsafePointer<CChar>?
            var flags: CInt = 0
            let code = ERR_get_error_all(nil, nil, nil, &data, &flags)
            guard code != 0 else { break }
            lines.append(describe(code, detail: flags & ERR_TXT_STRING != 0 ? data : nil))
        }
        return ErrorStack(code: first, text: lines.joined(separator: "; "))
    }

    var library: CInt { code == 0 ? 0 : ERR_GET_LIB(code) }
    var reason: CInt { code == 0 ? 0 : ERR_GET_REASON(code) }

    private static func describe(_ code: UInt, detail: UnsafePointer<CChar>?) -> String {
        let reason =
            ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
        guard let detail, detail.pointee != 0 else { return reason }
        return "\(reason) (\(String(cString: detail)))"
    }
}

extension TLSError {
    /// Something given to us is no good: `what` says which, OpenSSL's words say why.
    static func unusable(_ what: String, because stack: ErrorStack) -> TLSError {
        .unusable(stack.text.isEmpty ? what : "\(what): \(stack.text)")
    }

    /// OpenSSL failed at `what`.
    static func ours(_ what: String, because stack: ErrorStack) -> TLSError {
        .ours(stack.text.isEmpty ? what : "\(what): \(stack.text)")
    }
}

/// The handle that OpenSSL returned, or the error that it stands for.
func made<T>(_ what: String, _ handle: T?) throws(TLSError) -> T {
    guard let handle else { throw .ours(what, because: .take()) }
    return handle
}

/// Throws unless OpenSSL returned a positive result.
func check(_ what: String, _ result: CInt) throws(TLSError) {
    guard result > 0 else { throw .ours(what, because: .take()) }
}
