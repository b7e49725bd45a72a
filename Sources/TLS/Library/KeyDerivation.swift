// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// What the key derivations of TLS 1.2 and 1.3 have in common towards OpenSSL (provider-kdf(7)).
enum KeyDerivation {
    typealias Derive =
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, Int, UnsafePointer<OSSL_PARAM>?
        ) -> CInt

    /// The functions of a derivation that keeps nothing.
    static func functions(deriving derive: @convention(c) () -> Void) -> DispatchTable {
        DispatchTable([
            (OSSL_FUNC_KDF_NEWCTX, pointer(to: newContext)),
            (OSSL_FUNC_KDF_FREECTX, pointer(to: freeContext)),
            (OSSL_FUNC_KDF_RESET, pointer(to: freeContext)),
            (OSSL_FUNC_KDF_DERIVE, derive),
        ])
    }

    /// What a derivation hashes with.
    enum Hash {
        case sha256, sha384, other

        init(named name: UnsafeRawBufferPointer) {
            if name.elementsEqual("SHA2-256".utf8) || name.elementsEqual("SHA256".utf8) {
                self = .sha256
            } else {
                self = name.elementsEqual("SHA2-384".utf8) ? .sha384 : .other
            }
        }
    }

    /// Hands over each parameter of a list.
    static func forEach(
        _ parameters: UnsafePointer<OSSL_PARAM>,
        _ body: (UnsafePointer<CChar>, UnsafeRawBufferPointer) -> Void
    ) {
        var next = parameters
        while let name = next.pointee.key {
            body(
                name,
                UnsafeRawBufferPointer(start: next.pointee.data, count: next.pointee.data_size))
            next += 1
        }
    }

    /// The same by OpenSSL's own code: for what ours leaves out.
    static func byOpenSSL(
        _ name: String, into output: UnsafeMutableRawBufferPointer,
        _ parameters: UnsafePointer<OSSL_PARAM>
    ) -> CInt {
        let derivation = EVP_KDF_fetch(nil, name, nil)
        defer { EVP_KDF_free(derivation) }
        let context = EVP_KDF_CTX_new(derivation)
        defer { EVP_KDF_CTX_free(context) }
        return EVP_KDF_derive(
            context, output.baseAddress?.assumingMemoryBound(to: UInt8.self), output.count,
            parameters)
    }

    private typealias NewContext =
        @convention(c) (
            UnsafeMutableRawPointer?
        ) -> UnsafeMutableRawPointer?
    private typealias FreeContext = @convention(c) (UnsafeMutableRawPointer?) -> Void

    /// There is nothing to keep, but a null pointer would mean that memory ran out.
    private static let newContext: NewContext = { $0 }
    private static let freeContext: FreeContext = { _ in }
}
