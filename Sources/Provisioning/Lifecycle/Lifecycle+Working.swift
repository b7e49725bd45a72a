// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Networking
import Registry
import Storage
import TLS

/// How issuances are worked on: some at once, the rest in the order in which they came.
extension Lifecycle {
    /// Works on an issuance as soon as there is a place.
    func enqueue(_ number: IssuanceNumber) {
        looking[number] = nil
        guard atWork[number] == nil else { return }
        queue.append(number)
        fillPlaces()
    }

    private func fillPlaces() {
        while atWork.count < configuration.concurrency, let next = queue.popFirst() {
            atWork[next] = Task {
                await work(on: next)
                atWork[next] = nil
                fillPlaces()
            }
        }
    }

    /// Lets go of an issuance that was ended.
    func abandon(_ number: IssuanceNumber) {
        queue.remove(number)
        looking[number] = nil
        atWork[number]?.cancel()
    }

    /// Works on it again after `wait`.
    func lookAgain(at number: IssuanceNumber, after wait: Duration) {
        let moment = clock() + wait
        looking[number] = moment
        looks.insert(number, at: moment)
        arm()
    }

    /// Until the issuance has ended, or waits for somebody.
    private func work(on number: IssuanceNumber) async {
        do throws(LifecycleError) {
            let found = try await read { () async throws(StorageError) in
                let issuance = try await registry.issuance(number)
                guard let issuance else { return nil as (Issuance, ManagedCertificate)? }
                let certificate = try await registry.certificate(issuance.certificate)
                return certificate.map { (issuance, $0) }
            }
            guard let (issuance, certificate) = found else { return }
            switch issuance.state {
            case .authorizing, .finalizing, .awaitingDelegation:
                try await order(issuance, of: certificate)
            case .installing: try await install(number)
            default: return
            }
        } catch {
            // Storage is in trouble: the issuance is where it was, and is taken up later.
            lookAgain(at: number, after: Self.pauseAfterTrouble)
        }
    }

    /// Has the CA issue, and puts what comes of it into service.
    private func order(
        _ issuance: Issuance, of certificate: ManagedCertificate
    ) async throws(LifecycleError) {
        let number = issuance.number
        let key = try await requestedKey(of: issuance)
        let prior = table.value[certificate.names[0]].flatMap { present in
            present.provenance.certificate == certificate.number ? present.prior : nil
        }
        let order = ManagedOrder(
            names: certificate.names, key: key, replaces: prior,
            isAwaited: certificate.activation == .automatic && certificate.keySource == .edge)
        switch await ordered(order, for: issuance) {
        case .success(let issued):
            guard try await keep(issued, of: issuance, certificate) else { return }
            try await install(number, from: issued)
        case .failure(let failure): try await fail(issuance, failure)
        }
    }

    /// The key that was made for the issuance with its request, or the client's request.
    private func requestedKey(
        of issuance: Issuance
    ) async throws(LifecycleError) -> RequestedKey {
        let pem = try await read { () async throws(StorageError) in
            try await registry.privateKey(issuance.number.value)
        }
        do throws(TLSError) {
            let request = try CertificateRequest(pem: Array((issuance.request ?? "").utf8))
            guard let pem else { return .request(request.der) }
            return .given(try PrivateKey(pem: pem), request: request.der)
        } catch {
            throw .unavailable("the key of issuance \(issuance.number): \(error)")
        }
    }

    /// Files a certificate that was issued, before it goes anywhere. False: the issuance was ended
    /// meanwhile.
    private func keep(
        _ issued: IssuedCertificate, of issuance: Issuance, _ certificate: ManagedCertificate
    ) async throws(LifecycleError) -> Bool {
        let (chain, facts): (String, PublicKeyFacts)
        do throws(TLSError) {
            chain = String(decoding: try issued.chain.pem, as: UTF8.self)
            facts = try issued.chain.leaf.publicKeyFacts
        } catch {
            throw .unavailable("\(error)")
        }
        return try await change(by: edge(for: issuance)) { change in
            guard let issuance = try await change.advance(issuance.number, by: .issue),
                var version = try await change.version(issuance.version),
                var certificate = try await change.certificate(issuance.certificate)
            else { return false }
            change.fill(
                &version, with: issued.chain, facts: facts, pem: chain,
                notices: certificate.expiryNotice)
            version.state = .issued
            version.hasKey = issued.key != nil
            version.issuer = issued.issuer
            version = change.put(version)
            if certificate.currentVersion == nil {
                certificate.currentVersion = version.number
                change.put(certificate)
            }
            change.record(.versionIssued, about: version)
            return true
        }
    }

    // MARK: Failing

    private func fail(
        _ issuance: Issuance, _ failure: OrderFailure
    ) async throws(LifecycleError) {
        switch failure.kind {
        case .delegation where failure.code != Self.withoutZone:
            let waited = (issuance.startedAt ?? issuance.createdAt).duration(to: clock())
            guard waited < configuration.delegationPatience else {
                return try await end(
                    issuance, .giveUpDelegation, after: .missDelegation, failure)
            }
            guard try await hold(issuance, failure) else { return }
            lookAgain(
                at: issuance.number,
                after: (waited / 4).clamped(to: configuration.delegationInterval)
            )
        case .delegation:
            try await end(issuance, .giveUpDelegation, after: .missDelegation, failure)
        case .authorization, .local:
            try await end(issuance, .failAuthorization, after: .begin, failure)
        case .rejected: try await end(issuance, .reject, after: .begin, failure)
        }
    }

    /// Writes down for what it waits, when that is news. False: it was ended meanwhile.
    private func hold(
        _ issuance: Issuance, _ failure: OrderFailure
    ) async throws(LifecycleError) -> Bool {
        try await change(by: edge(for: issuance)) { change in
            guard let before = try await change.issuance(issuance.number), before.state.isOpen
            else { return false }
            let known = before.authorizations.first { $0.name == failure.name }?.error
            if before.state == .awaitingDelegation, known == failure.detail { return true }
            let after = try await change.advance(issuance.number, by: .missDelegation) {
                let index = $0.authorizations.firstIndex { $0.name == failure.name }
                if let index { $0.authorizations[index].error = failure.detail }
            }
            guard let after else { return false }
            if before.state != .awaitingDelegation {
                change.record(.issuanceWaiting, about: after)
            }
            return true
        }
    }

    private func end(
        _ issuance: Issuance, _ step: IssuanceProgress.Step,
        after first: IssuanceProgress.Step? = nil, _ failure: OrderFailure
    ) async throws(LifecycleError) {
        try await end(
            issuance, step, after: first,
            Issuance.Failure(
                code: failure.code, detail: failure.detail, name: failure.name,
                blame: failure.blame.rawValue))
    }

    /// Ends an issuance as failed.
    func end(
        _ issuance: Issuance, _ step: IssuanceProgress.Step,
        after first: IssuanceProgress.Step? = nil, _ failure: Issuance.Failure
    ) async throws(LifecycleError) {
        let pause = await renewalPause(of: issuance.certificate)
        let share = await provisioner.policy.renewAt
        try await change(by: edge(for: issuance)) { change in
            if let first { _ = try await change.advance(issuance.number, by: first) }
            let ended = try await change.advance(issuance.number, by: step) { issuance in
                issuance.failure = failure
                let index = issuance.authorizations.firstIndex { $0.name == failure.name }
                if let index { issuance.authorizations[index].error = failure.detail }
            }
            guard let ended else { return }
            try await change.end(ended)
            try await change.planRenewal(
                ofCertificate: ended.certificate, at: share, after: pause)
            change.record(.issuanceFailed, about: ended)
        }
    }

    /// What `OrderFailure.code` is where dns-01 is not on offer: nothing that a customer does helps.
    private static var withoutZone: String { "no_challenge_zone" }
    private static var pauseAfterTrouble: Duration { .seconds(60) }
}
