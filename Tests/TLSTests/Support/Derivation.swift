// SPDX-License-Identifier: Apache-2.0
import COpenSSL

@testable import TLS

/// One derivation of a key, put to OpenSSL as libssl does.
struct Derivation {
    enum Value {
        case number(CInt)
        case text(String)
        case bytes([UInt8])
    }

    let algorithm: String
    var parameters: [(name: String, value: Value)]

    /// What comes of it in a library context, nil being the process's; nil when it fails.
    func derive(in context: OpaquePointer?, count: Int) -> [UInt8]? {
        let builder = OSSL_PARAM_BLD_new()
        defer { OSSL_PARAM_BLD_free(builder) }
        // The builder keeps pointers, to its keys' names too.
        var kept: [UnsafeMutableRawBufferPointer] = []
        defer { for copy in kept { copy.deallocate() } }
        func keep(_ bytes: [UInt8]) -> UnsafeMutableRawPointer? {
            let copy = UnsafeMutableRawBufferPointer.allocate(
                byteCount: bytes.count + 1, alignment: 1)
            copy.copyBytes(from: bytes + [0])
            kept.append(copy)
            return copy.baseAddress
        }
        func text(_ string: String) -> UnsafePointer<CChar>? {
            keep(Array(string.utf8)).map { UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
        }
        for (name, value) in parameters {
            switch value {
            case .number(let number): OSSL_PARAM_BLD_push_int(builder, text(name), number)
            case .text(let string):
                OSSL_PARAM_BLD_push_utf8_string(builder, text(name), text(string), 0)
            case .bytes(let bytes):
                OSSL_PARAM_BLD_push_octet_string(builder, text(name), keep(bytes), bytes.count)
            }
        }
        let list = OSSL_PARAM_BLD_to_param(builder)
        defer { OSSL_PARAM_free(list) }
        let derivation = EVP_KDF_fetch(context, algorithm, nil)
        defer { EVP_KDF_free(derivation) }
        let derivationContext = EVP_KDF_CTX_new(derivation)
        defer { EVP_KDF_CTX_free(derivationContext) }
        var output = [UInt8](repeating: 0, count: count)
        let result = EVP_KDF_derive(derivationContext, &output, count, list)
        return result == 1 ? output : nil
    }
}
