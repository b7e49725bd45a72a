// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import Provisioning
import Synchronization
import TLS

/// An issuer that does what a test says, with real certificates.
final class ScriptedIssuer: Issuer {
    struct State {
        var orders: [[CertificateName]] = []
        /// Of the last order.
        var asked: [CertificateName: [ChallengeType]] = [:]
        var error: ACMEErrorClass?
        var window: Range<Date>?
        var retryAfter: Duration?
        var questions = 0
        var isGateClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// What its CAA identity says it can do.
        var methods = ["tls-alpn-01"]
        var revoked: [String] = []
        var declinesRevocation = false
    }

    let name: String
    let authority: CertificateAuthority
    let clock: ManualClock
    let lifetime: Duration
    private let state = Mutex(State())

    init(
        _ name: String = "scripted", clock: ManualClock, lifetime: Duration = .seconds(90 * 86_400)
    )
        throws
    {
        self.name = name
        self.clock = clock
        self.lifetime = lifetime
        authority = try CertificateAuthority.create(
            commonName: "Test CA",
            validity: clock.now.addingTimeInterval(-86_400)..<clock.now.addingTimeInterval(1e9))
    }

    var orders: [[CertificateName]] { state.withLock { $0.orders } }
    var revoked: [String] { state.withLock { $0.revoked } }
    /// The challenges that the last order said could be used.
    var asked: [CertificateName: [ChallengeType]] { state.withLock { $0.asked } }
    var questions: Int { state.withLock { $0.questions } }

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    /// Orders wait from now on until `openGate`.
    func closeGate() { state.withLock { $0.isGateClosed = true } }

    func openGate() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isGateClosed = false
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func pair(
        _ names: [CertificateName], validFor lifetime: Duration? = nil, since start: Date? = nil
    ) throws -> (chain: CertificateChain, key: PrivateKey) {
        let start = start ?? clock.now
        let seconds = Double((lifetime ?? self.lifetime).components.seconds)
        let key = try PrivateKey.generate(.p256)
        let chain = try authority.issue(
            names: names, key: key, validity: start..<start.addingTimeInterval(seconds))
        return (chain, key)
    }

    func identity() async throws(IssuerError) -> CAAIdentity {
        CAAIdentity(
            issuer: name, domains: ["ca.example"], accountURI: nil,
            methods: state.withLock { $0.methods })
    }

    func issue(_ request: IssuanceRequest) async throws(IssuerError) -> IssuedCertificate {
        let isClosed = state.withLock { state in
            state.orders.append(request.names)
            state.asked = request.methods
            return state.isGateClosed
        }
        if isClosed {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if state.isGateClosed { state.waiting.append(continuation) }
                    return !state.isGateClosed
                }
                if isOpen { continuation.resume() }
            }
        }
        if let error = state.withLock({ $0.error }) {
            throw IssuerError(issuer: name, class: error, underlying: Said(text: "no luck today"))
        }
        do {
            let (chain, key) = try answer(request)
            request.progress(.placeOrder(""))
            request.progress(.finalize(""))
            return IssuedCertificate(chain: chain, key: key, issuer: name)
        } catch {
            throw IssuerError(issuer: name, class: .local, underlying: error)
        }
    }

    private func answer(
        _ request: IssuanceRequest
    ) throws -> (chain: CertificateChain, key: PrivateKey?) {
        let validity =
            clock
            .now..<clock.now.addingTimeInterval(
                Double(lifetime.components.seconds))
        switch request.key {
        case .fresh: return try pair(request.names)
        case .given(let key, _):
            return (try authority.issue(names: request.names, key: key, validity: validity), key)
        case .request(let der):
            let request = try CertificateRequest(der: der)
            return (try authority.issue(request, validity: validity), nil)
        }
    }

    func renewalInfo(for certificate: Certificate) async throws(IssuerError) -> RenewalInfo? {
        state.withLock { state in
            state.questions += 1
            return state.window.flatMap {
                RenewalInfo(start: $0.lowerBound, end: $0.upperBound, retryAfter: state.retryAfter)
            }
        }
    }

    func revoke(
        _ certificate: Certificate, because reason: RevocationReason
    ) async throws(IssuerError) {
        let isDeclined = state.withLock { state in
            if !state.declinesRevocation { state.revoked.append(certificate.serialHex) }
            return state.declinesRevocation
        }
        if isDeclined {
            throw IssuerError(issuer: name, class: .outage, underlying: Said(text: "no luck today"))
        }
    }

    struct Said: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
