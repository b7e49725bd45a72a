// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Counts wrong secrets by where they come from, and says from where none counts for a while.
///
/// | within `window`, from one address | for `duration`, at that address |
/// |---|---|
/// | `failuresMax` failures with the id of a client | that client is shut out, with its right secret too |
/// | `failuresMax` failures without one, and no right secret between them | whoever presents another wrong one is told so |
/// | `guessesMax` different wrong secrets | everybody is shut out |
///
/// So a program that goes on with a wrong secret shuts out no client but its own, however many share its
/// address: that of a reverse proxy, or the loopback. One that guesses has as many tries a minute as the
/// table says, and tells by its many secrets what it is. An IPv6 network of 64 bits is one address: whoever
/// has one of them has them all.
package struct LockOut: Sendable {
    package struct Configuration: Sendable {
        package var failuresMax = 10
        package var guessesMax = 100
        package var window = Duration.seconds(60)
        package var duration = Duration.seconds(300)
        /// Rows that are remembered; the one that failed longest ago leaves.
        package var entriesMax = 4096

        package init() {}
    }

    /// Who is shut out.
    package enum Subject: Hashable, Sendable {
        /// By its `application_id`.
        case client(String)
        /// Whoever presents no id, or none of ours.
        case unnamed
        case everybody
    }

    private struct Place: Hashable {
        let network: IPAddress
        let subject: Subject
    }

    private struct Entry {
        var failures = 0
        /// The secrets of everybody, by a hash that only we can make.
        var guesses: Set<UInt64> = []
        var began: Instant
        var last: Instant
        var lockedUntil: Instant?
    }

    private let configuration: Configuration
    private var entries: [Place: Entry] = [:]

    package init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
    }

    /// Rows that are remembered.
    package var count: Int { entries.count }

    /// How long somebody is still shut out at an address; nil when not.
    package mutating func remaining(
        for subject: Subject, at address: IPAddress, _ now: Instant
    ) -> Duration? {
        let place = Place(network: address.network, subject: subject)
        guard let until = entries[place]?.lockedUntil else { return nil }
        if until > now { return now.duration(to: until) }
        entries[place] = nil
        return nil
    }

    /// Takes note of a wrong secret for `subject`, or of nobody in particular; true when it is the one that
    /// shuts somebody out.
    ///
    /// - Parameter guess: stands for the secret.
    package mutating func failed(
        _ subject: Subject, with guess: UInt64, at address: IPAddress, _ now: Instant
    ) -> Bool {
        let (network, configuration) = (address.network, configuration)
        let shutsOut = note(Place(network: network, subject: subject), now) { entry in
            entry.failures += 1
            return entry.failures == configuration.failuresMax
        }
        let shutsAllOut = note(Place(network: network, subject: .everybody), now) { entry in
            entry.guesses.insert(guess).inserted
                && entry.guesses.count == configuration.guessesMax
        }
        return shutsOut || shutsAllOut
    }

    /// Forgets the failures of a client at an address, which has shown its secret, and those of nobody in
    /// particular, which may have been its mistakes. What was guessed there is not forgotten.
    package mutating func succeeded(_ client: String, at address: IPAddress) {
        guard !entries.isEmpty else { return }
        for subject in [Subject.client(client), .unnamed] {
            entries[Place(network: address.network, subject: subject)] = nil
        }
    }

    private mutating func note(
        _ place: Place, _ now: Instant, _ isLast: (inout Entry) -> Bool
    ) -> Bool {
        if entries[place] == nil { makeRoom() }
        var entry = entries[place] ?? Entry(began: now, last: now)
        if max(entry.began + configuration.window, entry.lockedUntil ?? now) <= now {
            entry = Entry(began: now, last: now)
        }
        entry.last = now
        let isLast = isLast(&entry)
        if isLast { entry.lockedUntil = now + configuration.duration }
        entries[place] = entry
        return isLast
    }

    private mutating func makeRoom() {
        guard entries.count >= configuration.entriesMax,
            let oldest = entries.min(by: { $0.value.last < $1.value.last })
        else { return }
        entries[oldest.key] = nil
    }
}
