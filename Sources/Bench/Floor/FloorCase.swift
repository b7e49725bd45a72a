// SPDX-License-Identifier: Apache-2.0
import TLS

/// A kind of handshake whose cost is measured.
package struct FloorCase: Sendable {
    enum Kind: Sendable { case full, resumed, refused }

    package let name: String
    var kind = Kind.full
    var version = MeasuringContext.Offer.Version.tls13
    var key = KeyKind.p256
    /// The only one that the client offers.
    var cipher = "TLS_AES_128_GCM_SHA256"
    /// The first of it is the one that is used.
    var group = "X25519"
    var tickets = 1

    init(_ name: String, _ change: (inout FloorCase) -> Void = { _ in }) {
        self.name = name
        change(&self)
    }

    /// The first is the one that the others are held against.
    package static let all = [
        FloorCase("full, TLS 1.3, ECDSA P-256"),
        FloorCase("  AES-256-GCM, SHA-384") { $0.cipher = "TLS_AES_256_GCM_SHA384" },
        FloorCase("  ChaCha20-Poly1305") { $0.cipher = "TLS_CHACHA20_POLY1305_SHA256" },
        FloorCase("  key exchange on P-256") { $0.group = "P-256" },
        FloorCase("  no ticket") { $0.tickets = 0 },
        FloorCase("  two tickets") { $0.tickets = 2 },
        FloorCase("  RSA 2048") { $0.key = .rsa2048 },
        FloorCase("resumed, TLS 1.3") { $0.kind = .resumed },
        FloorCase("full, TLS 1.2, ECDSA P-256") {
            ($0.version, $0.cipher) = (.tls12, "ECDHE-ECDSA-AES128-GCM-SHA256")
            $0.group = groups12
        },
        FloorCase("  RSA 2048") {
            ($0.version, $0.cipher) = (.tls12, "ECDHE-RSA-AES128-GCM-SHA256")
            $0.key = .rsa2048
        },
        FloorCase("resumed, TLS 1.2") {
            ($0.version, $0.cipher) = (.tls12, "ECDHE-ECDSA-AES128-GCM-SHA256")
            ($0.kind, $0.group) = (.resumed, groups12)
        },
        FloorCase("refused name") { $0.kind = .refused },
    ]
}

/// TLS 1.2 wants the curve of the certificate's key among the groups (RFC 8422 §5.1).
private let groups12 = "X25519:P-256"
