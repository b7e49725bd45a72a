// SPDX-License-Identifier: Apache-2.0
package import Networking
package import TLS

/// Makes the keys of certificates, a fresh one each time, and has what clients bring verified: arithmetic
/// that takes too long for a loop on which others wait.
package struct LeafKeys: Sendable {
    private let loop: EventLoop

    /// `loop` may block: an RSA key takes a tenth of a second, which no other loop can spare.
    package init(on loop: EventLoop) {
        self.loop = loop
    }

    package func generate(_ kind: KeyKind) async throws(TLSError) -> PrivateKey {
        switch kind {
        // 30 us: less than the way to the other loop and back.
        case .p256: try PrivateKey.generate(kind)
        case .rsa2048:
            try await loop.run { Result { () throws(TLSError) in try PrivateKey.generate(kind) } }
                .get()
        }
    }

    /// Runs it where it may take its time.
    func aside<R: Sendable, E>(
        _ body: @escaping @Sendable () throws(E) -> R
    ) async throws(E) -> R {
        try await loop.run { Result { () throws(E) in try body() } }.get()
    }
}
