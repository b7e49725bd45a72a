// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry

/// What becomes of an issuance whose attempt has failed: it waits for a CNAME, it is attempted again, or it
/// ends.
extension Lifecycle {
    /// Has an issuance wait, be attempted again or end, as its failure asks for.
    func fail(
        _ issuance: Issuance, _ failure: OrderFailure
    ) async throws(LifecycleError) {
        // An order that was given up has not failed: who gave it up ends it.
        guard !Task.isCancelled else { return }
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
                on: clock() + (waited / 4).clamped(to: configuration.delegationInterval))
        case .delegation:
            try await end(issuance, .giveUpDelegation, after: .missDelegation, failure)
        case .authorization, .local, .rejected:
            if failure.isTransient,
                try await postpone(
                    issuance, Issuance.Failure(failure), askedToWait: failure.retryAfter)
            {
                return
            }
            try await end(
                issuance, failure.kind == .rejected ? .reject : .failAuthorization,
                after: .begin, failure)
        }
    }

    /// Plans another attempt at a certificate that never was in service, or at putting into service what is
    /// signed. False: it is neither, or was attempted for long enough, or was ended meanwhile.
    ///
    /// Until the last attempt the issuance is under way, in every dialect: their clients take a failure for
    /// the end. Other orders end: there is something that serves, and renewals have waits of their own.
    /// Attempts that somebody asked for leave the schedule where it is.
    func postpone(
        _ issuance: Issuance, _ failure: Issuance.Failure, askedToWait: Duration? = nil
    ) async throws(LifecycleError) -> Bool {
        let schedule = configuration.attempts
        let postponed = try await change(by: edge(for: issuance)) { change -> Issuance? in
            guard var issuance = try await change.issuance(issuance.number),
                issuance.state.isOpen,
                let certificate = try await change.certificate(issuance.certificate),
                !certificate.isDeleted,
                issuance.state == .installing
                    || [nil, issuance.version].contains(certificate.currentVersion)
            else { return nil }
            var attempts = issuance.attempts ?? .init(since: change.now)
            attempts.count += 1
            attempts.next = schedule.next(
                afterFailures: max(attempts.count - issuance.askedAttempts, 1),
                since: attempts.since, at: change.now, askedToWait: askedToWait,
                key: "\(issuance.number)")
            guard attempts.next != nil else { return nil }
            let isNews = issuance.failure?.code != failure.code
            // What is signed already is not ordered again.
            _ = issuance.take(.begin)
            issuance.attempts = attempts
            issuance.note(failure)
            issuance.expectProofs()
            issuance = change.put(issuance)
            if isNews { change.record(.issuancePostponed, about: issuance) }
            return issuance
        }
        guard let postponed, let next = postponed.attempts?.next else { return false }
        lookAgain(at: issuance.number, on: next)
        provisioner.events.record(.issuanceFailed(postponed))
        return true
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
                // Attempts before are over, and so is what was wrong with them.
                $0.failure = nil
                $0.attempts = nil
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
        try await end(issuance, step, after: first, Issuance.Failure(failure))
    }

    /// Ends an issuance as failed.
    func end(
        _ issuance: Issuance, _ step: IssuanceProgress.Step,
        after first: IssuanceProgress.Step? = nil, _ failure: Issuance.Failure
    ) async throws(LifecycleError) {
        let pause = await renewalPause(of: issuance.certificate)
        let share = await provisioner.policy.renewAt
        let ended = try await change(by: edge(for: issuance)) { change -> Issuance? in
            if let first { _ = try await change.advance(issuance.number, by: first) }
            let ended = try await change.advance(issuance.number, by: step) { $0.note(failure) }
            guard let ended else { return nil }
            try await change.end(ended)
            try await change.planRenewal(
                ofCertificate: ended.certificate, at: share, after: pause)
            change.record(.issuanceFailed, about: ended)
            return ended
        }
        if let ended { provisioner.events.record(.issuanceFailed(ended)) }
    }

    /// What `OrderFailure.code` is where dns-01 is not on offer: nothing that a customer does helps.
    private static var withoutZone: String { "no_challenge_zone" }
}

extension Issuance {
    /// Says why an attempt failed, also of the name that it is about.
    fileprivate mutating func note(_ failure: Failure) {
        self.failure = failure
        let index = authorizations.firstIndex { $0.name == failure.name }
        if let index { authorizations[index].error = failure.detail }
    }

    /// What was not proven by an attempt that failed is to be by the next one.
    fileprivate mutating func expectProofs() {
        for index in authorizations.indices where authorizations[index].state != .valid {
            authorizations[index].state = .pending
        }
    }
}

extension Issuance.Failure {
    fileprivate init(_ failure: OrderFailure) {
        self.init(
            code: failure.code, detail: failure.detail, name: failure.name,
            blame: failure.blame.rawValue)
    }
}
