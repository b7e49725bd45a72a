// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// Bytes that OpenSSL reads or writes through a BIO; its copy is wiped when this goes away.
struct MemoryBIO: ~Copyable {
    let bio: OpaquePointer

    /// To be written to.
    init() throws(TLSError) {
        bio = try made("BIO_new", BIO_new(BIO_s_mem()))
    }

    /// To be read from.
    init(_ bytes: [UInt8]) throws(TLSError) {
        let bio = try made("BIO_new", BIO_new(BIO_s_mem()))
        var written = 0
        guard bytes.isEmpty || BIO_write_ex(bio, bytes, bytes.count, &written) == 1 else {
            BIO_free(bio)
            throw .ours("BIO_write", because: .take())
        }
        self.bio = bio
    }

    deinit {
        BIO_free(bio)
    }

    /// What was written and not yet read.
    var contents: [UInt8] {
        var start: UnsafeMutablePointer<CChar>?
        let count = BIO_get_mem_data(bio, &start)
        return Array(UnsafeRawBufferPointer(start: start, count: max(count, 0)))
    }
}

/// The DER that an `i2d_` function makes: called once for the length and once for the bytes.
func der(
    _ what: String, _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> CInt
) throws(TLSError) -> [UInt8] {
    var start: UnsafeMutablePointer<UInt8>?
    let count = encode(&start)
    guard count > 0, let start else { throw .ours(what, because: .take()) }
    defer { CRYPTO_clear_free(start, Int(count), nil, 0) }
    return Array(UnsafeBufferPointer(start: start, count: Int(count)))
}
