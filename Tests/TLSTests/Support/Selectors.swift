// SPDX-License-Identifier: Apache-2.0
@testable import TLS

/// A selector that does what the test says, and keeps what it was asked.
final class TestSelector: CertificateSelector {
    private(set) var hellos: [ClientHello] = []
    private let answer: (ClientHello) -> CertificateSelection

    init(_ answer: @escaping (ClientHello) -> CertificateSelection) {
        self.answer = answer
    }

    /// Serves each name with the first credential that covers it; refuses the rest.
    convenience init(_ credentials: Credential...) {
        self.init { hello in
            let match = credentials.first { hello.serverName.map($0.covers) == true }
            return match.map { .serve($0) } ?? .refuse(.unrecognizedName)
        }
    }

    func selectCertificate(for hello: ClientHello) -> CertificateSelection {
        hellos.append(hello)
        return answer(hello)
    }
}

/// A selection that the test resumes by hand.
final class TestPending: PendingSelection {
    func selection() async -> CertificateSelection { .refuse(.internalError) }
    func abandon() {}
}
