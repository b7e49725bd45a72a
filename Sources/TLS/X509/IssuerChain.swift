// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// The certificates above a leaf, in the form that libssl takes. One serves all leaves below it, on
/// every loop.
///
/// Unchecked Sendable: the stack is filled in `init` alone, libssl copies it under each certificate's atomic
/// reference count, and a ``Certificate`` is never changed either.
package final class IssuerChain: @unchecked Sendable {
    /// Each signed the one before it.
    let certificates: [Certificate]
    /// A `STACK_OF(X509)`.
    let stack: OpaquePointer

    init(_ certificates: [Certificate]) throws(TLSError) {
        self.certificates = certificates
        stack = try made("sk_X509_new_null", sk_X509_new_null())
        for certificate in certificates {
            X509_up_ref(certificate.handle)
            sk_X509_push(stack, certificate.handle)
        }
    }

    deinit {
        sk_X509_pop_free(stack)
    }
}
