// SPDX-License-Identifier: Apache-2.0
import Networking
package import TLS

/// Names without a certificate that would be given one: what the plain port asks about.
struct Prospects {
    /// Being looked into; all who ask share the answer.
    var underWay: [ServerName: Task<Bool, Never>] = [:]
    private var eligible: [ServerName: Instant] = [:]

    /// How long a name that was found eligible is believed to be.
    private static let trust = Duration.seconds(60)
    /// Names remembered; further ones are looked into each time.
    static let capacity = 10_000

    func isKnown(_ name: ServerName, at now: Instant) -> Bool {
        eligible[name].map { $0 > now } ?? false
    }

    mutating func remember(_ name: ServerName, at now: Instant) {
        if eligible.count >= Self.capacity { eligible = eligible.filter { $0.value > now } }
        guard eligible.count < Self.capacity else { return }
        eligible[name] = now + Self.trust
    }
}

extension Provisioner {
    /// Whether a handshake for `name` would be given a certificate, as far as storage, permission
    /// and DNS can say; nothing is ordered. A refusal is remembered, as a flight's is.
    ///
    /// Where a bound keeps us from looking, the answer is yes: the handshake will tell.
    package func wouldServe(_ name: ServerName) async -> Bool {
        if prospects.isKnown(name, at: loop.now) || isInFlight(name) { return true }
        if let asked = prospects.underWay[name] { return await asked.value }
        guard prospects.underWay.count < policy.limits.flights else { return true }
        let task = Task { await isProspect(name) }
        prospects.underWay[name] = task
        let answer = await task.value
        prospects.underWay[name] = nil
        if answer { prospects.remember(name, at: loop.now) }
        return answer
    }

    /// Gates 1 to 7 of a flight.
    private func isProspect(_ name: ServerName) async -> Bool {
        do throws(ProvisioningFailure) {
            try await requireNotWithdrawn(name)
            if table.value.certificate(for: name, at: clock()) != nil { return true }
            guard refusals.value.refusal(of: name) == nil else { return false }
            let place = try await lookIntoStorage(for: name)
            if place.certificate != nil { return true }
            try gate(name, isRegistered: await isRegistered(name, place))
            let times = StepTimes(start: .now)
            try await askPermission(name, times)
            _ = try await checkEligibility(name, times)
            return true
        } catch {
            if case .overloaded = error { return true }
            return false
        }
    }
}
