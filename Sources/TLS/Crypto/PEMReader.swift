// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// The encapsulated parts of a PEM text (RFC 7468), one after the other.
struct PEMReader: ~Copyable {
    private let input: MemoryBIO

    /// One part, lent: its bytes are wiped afterwards.
    struct Part {
        /// `CERTIFICATE`, `EC PRIVATE KEY`.
        let label: String
        /// There are headers (RFC 1421): it is encrypted.
        let hasHeaders: Bool
        let bytes: UnsafeBufferPointer<UInt8>
    }

    init(_ text: [UInt8]) throws(TLSError) {
        ERR_clear_error()
        input = try MemoryBIO(text)
    }

    /// Lends the next part to `body`; nil behind the last one. `what` says in an error what was
    /// looked for.
    mutating func next<R>(
        _ what: String, _ body: (Part) throws(TLSError) -> R
    ) throws(TLSError) -> R? {
        var label: UnsafeMutablePointer<CChar>?
        var headers: UnsafeMutablePointer<CChar>?
        var start: UnsafeMutablePointer<UInt8>?
        var count = 0
        guard PEM_read_bio(input.bio, &label, &headers, &start, &count) == 1, let label, let headers
        else {
            let code = ERR_peek_error()
            // The end of the text is an error like any other, and the only one that is none.
            guard ERR_GET_LIB(code) == ERR_LIB_PEM, ERR_GET_REASON(code) == PEM_R_NO_START_LINE
            else { throw .unusable("not \(what) in PEM", because: .take()) }
            ERR_clear_error()
            return nil
        }
        defer {
            CRYPTO_free(label, nil, 0)
            CRYPTO_free(headers, nil, 0)
            CRYPTO_clear_free(start, count, nil, 0)
        }
        return try body(
            Part(
                label: String(cString: label), hasHeaders: headers.pointee != 0,
                bytes: UnsafeBufferPointer(start: start, count: count)))
    }
}
