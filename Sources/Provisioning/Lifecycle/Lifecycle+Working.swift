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
        guard atWork[number] == nil else {
            // It may be past the point where it would have seen for what it is called.
            wantedAgain.insert(number)
            return
        }
        queue.append(number)
        fillPlaces()
    }

    private func fillPlaces() {
        while atWork.count < configuration.concurrency, let next = queue.popFirst() {
            atWork[next] = Task {
                await work(on: next)
                atWork[next] = nil
                if wantedAgain.remove(next) != nil { enqueue(next) }
                fillPlaces()
            }
        }
    }

    /// Lets go of an issuance that was ended.
    func abandon(_ number: IssuanceNumber) {
        queue.remove(number)
        wantedAgain.remove(number)
        looking[number] = nil
        unkept[number] = nil
        atWork[number]?.cancel()
    }

    /// Works on it again at `moment`.
    func lookAgain(at number: IssuanceNumber, on moment: Date) {
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
            guard let (issuance, certificate) = found else {
                unkept[number] = nil
                return
            }
            switch issuance.state {
            case .authorizing, .finalizing, .awaitingDelegation:
                guard try await noteAttempt(at: issuance) else { return }
                try await order(issuance, of: certificate)
            case .installing:
                guard try await noteAttempt(at: issuance) else { return }
                try await install(number)
            default: unkept[number] = nil
            }
        } catch {
            // Storage is in trouble: the issuance is where it was, and is taken up later.
            mistrustsStorage = true
            report(error, .issuing, number.identifier)
            lookAgain(at: number, on: clock() + Self.pauseAfterTrouble)
        }
    }

    /// Writes down that another attempt begins; also a first one after storage was in trouble: what cannot
    /// be written is not ordered, for it would be ordered time and again. False: it was ended meanwhile.
    private func noteAttempt(at issuance: Issuance) async throws(LifecycleError) -> Bool {
        guard mistrustsStorage || issuance.attempts?.next != nil else { return true }
        let isOpen = try await change(by: edge(for: issuance)) { change in
            guard var issuance = try await change.issuance(issuance.number),
                issuance.state.isOpen
            else { return false }
            if var attempts = issuance.attempts {
                // Somebody asked for it before its time.
                if let next = attempts.next, next > change.now {
                    attempts.asked = issuance.askedAttempts + 1
                }
                attempts.next = nil
                issuance.attempts = attempts
            }
            change.put(issuance)
            return true
        }
        mistrustsStorage = false
        return isOpen
    }

    /// Has the CA issue, unless it has, and puts what comes of it into service.
    private func order(
        _ issuance: Issuance, of certificate: ManagedCertificate
    ) async throws(LifecycleError) {
        if let issued = unkept[issuance.number] {
            return try await take(issued, of: issuance, certificate)
        }
        guard unkept.count < configuration.unkeptMax else {
            throw .unavailable("\(unkept.count) signed certificates wait to be written")
        }
        let key: RequestedKey
        switch try await requestedKey(of: issuance) {
        case .success(let found): key = found
        case .failure(let failure): return try await fail(issuance, failure)
        }
        let prior = table.value[certificate.names[0]].flatMap { present in
            present.provenance.certificate == certificate.number ? present.prior : nil
        }
        let order = ManagedOrder(
            names: certificate.names, key: key, replaces: prior,
            isAwaited: certificate.activation == .automatic && certificate.keySource == .edge)
        switch await ordered(order, for: issuance) {
        case .success(let issued): try await take(issued, of: issuance, certificate)
        case .failure(let failure): try await fail(issuance, failure)
        }
    }

    /// Files what was issued, and puts it into service. What cannot be filed is not lost while this process
    /// lives.
    private func take(
        _ issued: IssuedCertificate, of issuance: Issuance, _ certificate: ManagedCertificate
    ) async throws(LifecycleError) {
        let isKept: Bool
        do throws(LifecycleError) {
            isKept = try await keep(issued, of: issuance, certificate)
        } catch {
            unkept[issuance.number] = issued
            throw error
        }
        unkept[issuance.number] = nil
        if isKept { try await install(issuance.number, from: issued) }
    }

    /// The key that was made for the issuance with its request, or the client's request; a failure when they
    /// cannot be read, for that does not pass.
    private func requestedKey(
        of issuance: Issuance
    ) async throws(LifecycleError) -> Result<RequestedKey, OrderFailure> {
        let pem = try await read { () async throws(StorageError) in
            try await registry.privateKey(issuance.number.value)
        }
        do throws(TLSError) {
            let request = try CertificateRequest(pem: Array((issuance.request ?? "").utf8))
            guard let pem else { return .success(.request(request.der)) }
            return .success(.given(try PrivateKey(pem: pem), request: request.der))
        } catch {
            let why = "the key of issuance \(issuance.number): \(error)"
            return .failure(OrderFailure(kind: .local, code: "local", detail: why, blame: .us))
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
            // What could not be noted on the way is made up for.
            _ = try await change.advance(issuance.number, by: .begin)
            let advanced = try await change.advance(issuance.number, by: .issue) {
                $0.failure = nil
                $0.attempts = nil
            }
            guard let issuance = advanced, var version = try await change.version(issuance.version),
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

    private static var pauseAfterTrouble: Duration { .seconds(60) }
}
