// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
import Networking
import ScriptedCA
import Synchronization
import TLS

/// Lends a scripted CA and a client that speaks with it, on a loop of their own.
func conversation(
    _ options: ScriptedCA.Options = .init(), limits: ACMEClient.Limits = .impatient,
    _ body: (ScriptedCA, ACMEClient) async throws -> Void
) async throws {
    let loop = try EventLoop(name: "control")
    defer { loop.shutdown() }
    let ca = ScriptedCA(options)
    let client = ACMEClient(
        directory: ca.directory, transport: ca, loop: loop, limits: limits)
    try await body(ca, client)
}

extension ACMEClient.Limits {
    /// As many retries as ever, without the pauses.
    static var impatient: Self {
        var limits = Self()
        limits.retryPauses = limits.retryPauses.map { _ in .milliseconds(1) }
        return limits
    }
}

@discardableResult
func openAccount(_ client: ACMEClient) async throws -> Account {
    try await client.openAccount(
        AccountRequest(termsOfServiceAgreed: true), key: PrivateKey.generate(.p256))
}

/// Obtains a certificate and tells its key.
func obtain(
    _ client: ACMEClient, account: Account? = nil, names: [String] = ["a.example"],
    presenter: any ChallengePresenter = RecordingPresenter(),
    challenges: [ChallengeType] = [.tlsALPN01, .http01], profile: String? = nil,
    replaces: CertificateID? = nil, preferredIssuer: String? = nil,
    deadline: Duration = .seconds(60),
    progress: @escaping @Sendable (ACMEStep) -> Void = { _ in }
) async throws -> (OrderedCertificate, PrivateKey) {
    let key = try PrivateKey.generate(.p256)
    let names = names.map { CertificateName($0)! }
    let account = if let account { account } else { try await openAccount(client) }
    let wanted = CertificateOrder(
        names: names, csr: try CertificateRequest.der(names: names, key: key),
        challenges: challenges, profile: profile, replaces: replaces,
        preferredIssuer: preferredIssuer, deadline: deadline)
    let ordered = try await client.obtain(
        wanted, for: account, presenting: presenter, progress: progress)
    return (ordered, key)
}

/// The steps that were reported.
final class Steps: Sendable {
    private let steps = Mutex<[ACMEStep]>([])

    var all: [ACMEStep] { steps.withLock { $0 } }

    var add: @Sendable (ACMEStep) -> Void {
        { step in self.steps.withLock { $0.append(step) } }
    }
}

extension ScriptedCA {
    var now: Date { .now }
}

/// What an error tells a person; nothing when there is none.
func said(_ error: ACMEError?) -> String {
    error.map { "\($0)" } ?? ""
}
