// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

/// A suspended handshake on its data loop, and the question it put to the provisioner.
final class HeldHandshake: PendingSelection {
    private let hold: Hold
    private let provisioner: Provisioner
    private let loop: LoopCertificates
    private var isAbandoned = false

    init(_ hold: Hold, provisioner: Provisioner, loop: LoopCertificates) {
        self.hold = hold
        self.provisioner = provisioner
        self.loop = loop
    }

    func selection() async -> CertificateSelection {
        guard !isAbandoned else { return .refuse(.internalError) }
        return loop.selection(for: hold.name, await provisioner.certificate(for: hold))
    }

    /// The client is gone: its place is free, the provision goes on.
    func abandon() {
        isAbandoned = true
        provisioner.abandon(hold)
    }
}
