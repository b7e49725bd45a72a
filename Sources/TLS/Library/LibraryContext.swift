// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// OpenSSL's tables for one loop: what it fetches algorithms from, and draws random numbers from.
///
/// OpenSSL 3.0 looks algorithms up some eighty times in a handshake, under locks that belong to the
/// library context. With one context a loop these locks are never waited for. The algorithms are
/// those of OpenSSL's default provider, with `HandshakeProvider`'s in the place of some.
///
/// It is never freed: OpenSSL makes a generator of random numbers for each thread that used it, and lets
/// go of that when the thread ends, which may be after the context would have been gone
/// (OPENSSL_thread_stop_ex(3)). A process makes one for each of its loops.
///
/// Unchecked Sendable: OpenSSL guards what is in a library context with locks of its own
/// (openssl-threads(7)), and the handle is valid until the process ends.
package final class LibraryContext: @unchecked Sendable {
    let handle: OpaquePointer

    /// The one for whoever has no loop of its own; nil when OpenSSL cannot make it.
    package static let shared = try? LibraryContext()

    /// Takes about 2 ms. May be called from any thread.
    package init() throws(TLSError) {
        ERR_clear_error()
        handle = try made("OSSL_LIB_CTX_new", OSSL_LIB_CTX_new())
        let name = HandshakeProvider.name
        guard OSSL_PROVIDER_add_builtin(handle, name, initializeHandshakeProvider) == 1,
            OSSL_PROVIDER_load(handle, name) != nil
        else {
            let stack = ErrorStack.take()
            OSSL_LIB_CTX_free(handle)
            throw .ours("loading the provider", because: stack)
        }
    }
}
