// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
package import Registry
package import TLS

/// What can be done about domains, certificates, issuances, versions and sites, and what follows from it:
/// the one service behind every way to manage them.
///
/// Knows no HTTP. Every call says on whose behalf it is made, sees that account's objects alone, and
/// throws a `LifecycleError` that each dialect says in its own words. What it changes is in the registry,
/// with its events, before a call returns.
///
/// Lives on the control loop, as do the registry and the provisioner that it stands on.
package actor Lifecycle {
    package struct Configuration: Sendable {
        /// Issuances at work at once; the rest waits. Default: 16.
        package var concurrency = 16
        /// Issuances that are open at once, also those that wait. Default: 100,000.
        package var openMax = 100_000
        /// How soon a missing delegation is looked for again: a quarter of the time that it has been
        /// missing, within these. Default: 15 s to 10 minutes.
        package var delegationInterval = Duration.seconds(15)...Duration.seconds(600)
        /// How long a delegation may be missing. Default: 7 days.
        package var delegationPatience = Duration.seconds(7 * 86_400)
        /// When a first issuance that failed is attempted again.
        package var attempts = AttemptSchedule()
        /// While so many signed certificates wait to be written nothing more is ordered; what is being
        /// ordered by then may add `concurrency`. Default: 1,000.
        package var unkeptMax = 1000
        /// Between a failed renewal and the next attempt, doubled each time. Default: 10 minutes to a
        /// day.
        package var renewalInterval = Duration.seconds(600)...Duration.seconds(86_400)
        /// Names of one call that are looked up in DNS at once, and for how long further ones are begun;
        /// each has the time of `EligibilityCheck`. Default: 8, 10 s.
        package var lookups = 8
        package var lookupPatience = Duration.seconds(10)
        /// What is asked of the registry at once. Default: 200.
        package var batch = 200

        package init() {}
    }

    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    let registry: Registry
    let provisioner: Provisioner
    let table: LoopBound<CertificateTable>
    let keys: LeafKeys
    /// Where `_acme-challenge` of names may lead; nil: dns-01 is not on offer.
    let zone: ChallengeZoneName?
    let originsDidChange: @Sendable ([CertificateName: [String]]) -> Void
    /// Where application URLs may lead.
    var targets = OriginTargets()
    /// How often somebody began to tell where requests go.
    var tellings = 0
    let configuration: Configuration
    let clock: @Sendable () -> Date

    /// Issuances at work.
    var atWork: [IssuanceNumber: Task<Void, Never>] = [:]
    /// Those that wait for a place, the one that waits longest first.
    var queue = IssuanceQueue()
    /// Those at work that somebody asked for once more: taken up again when they are done.
    var wantedAgain: Set<IssuanceNumber> = []
    /// Signed, and not in the registry, for it could not be written: not ordered again.
    var unkept: [IssuanceNumber: IssuedCertificate] = [:]
    /// Whether something could not be written, and nothing was since.
    var mistrustsStorage = false
    /// When a missing delegation is looked for again, and what failed is attempted again.
    var looks = DeadlineQueue<IssuanceNumber>()
    /// Those among `looks` that still hold.
    var looking: [IssuanceNumber: Date] = [:]
    /// Names whose files are being changed, and who waits for one of them.
    var held: Set<CertificateName> = []
    var waitingForNames: [CheckedContinuation<Void, Never>] = []
    /// Names for which a certificate is being ordered by `provision`, one for each such call.
    var provisioning: Set<CertificateName> = []
    /// When it was last said that a chore could not be done.
    var reported: [Chore: Date] = [:]
    var timer: Timer?
    var isAtAgenda = false

    /// - Parameter originsDidChange: told the application URLs of names from now on, none where they are
    ///   those of all others; on the control loop.
    package init(
        registry: Registry, provisioner: Provisioner, table: LoopBound<CertificateTable>,
        keys: LeafKeys, zone: ChallengeZoneName?,
        originsDidChange: @escaping @Sendable ([CertificateName: [String]]) -> Void,
        configuration: Configuration = Configuration(), loop: EventLoop,
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.registry = registry
        self.provisioner = provisioner
        self.table = table
        self.keys = keys
        self.zone = zone
        self.originsDidChange = originsDidChange
        self.configuration = configuration
        self.loop = loop
        self.clock = clock
    }
}
