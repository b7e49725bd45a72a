// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Provisioning
import Storage
import TLS

/// Provisioning as it is built in the executable, with real loops and real files, a clock that
/// stands still, and doubles for DNS and the CA.
final class Edge: Sendable {
    let path: String
    let control: EventLoop
    let work: EventLoop
    let data: [EventLoop]
    let clock: ManualClock
    let events = EventLog()
    let check = ScriptedCheck()
    let issuer: ScriptedIssuer
    let store: FileStore
    /// Between `store` and `files`; open unless a test closes it.
    let gate: GatedStore
    let files: CertificateFiles
    let loops: LoopBound<DataLoops>
    let table: LoopBound<CertificateTable>
    let refusals: LoopBound<Refusals>
    let provisioner: Provisioner
    let renewal: Renewal
    let scan: CertificateScan
    let certificates: [LoopBound<LoopCertificates>]

    /// What a visitor meets.
    enum Visit: Equatable, CustomStringConvertible {
        case served(Certificate)
        case refused(TLSAlert)

        var certificate: Certificate? {
            if case .served(let certificate) = self { certificate } else { nil }
        }

        var description: String {
            switch self {
            case .served(let certificate): "served \(certificate.serialHex)"
            case .refused(let alert): "refused \(alert)"
            }
        }
    }

    init(
        path: String? = nil, clock: ManualClock = ManualClock(),
        lifetime: Duration = .seconds(90 * 86_400), hold: Duration = .seconds(300),
        credentials: Int = 100, capacity: Int = 1_000_000, loopCount: Int = 1,
        registration: (any NameRegistration)? = nil,
        policy change: (inout ProvisioningPolicy) -> Void = { _ in }
    ) async throws {
        self.path =
            path ?? NSTemporaryDirectory() + "nameplate-edge-\(UInt64.random(in: .min ... .max))"
        self.clock = clock
        let now: @Sendable () -> Date = { clock.now }
        control = try EventLoop(name: "control")
        work = try EventLoop(name: "storage")
        data = try (0..<loopCount).map { try EventLoop(name: "data \($0)") }
        issuer = try ScriptedIssuer(clock: clock, lifetime: lifetime)
        store = try FileStore(root: self.path, on: work)
        gate = GatedStore(store)
        files = CertificateFiles(store: gate, work: work)
        var policy = ProvisioningPolicy(check: check, issuers: IssuerSequence([issuer]))
        change(&policy)

        let dataLoops = DataLoops(control: control)
        var tableConfiguration = CertificateTable.Configuration()
        tableConfiguration.capacity = capacity
        let certificateTable = CertificateTable(
            loops: dataLoops, configuration: tableConfiguration)
        loops = LoopBound(dataLoops, on: control)
        table = LoopBound(certificateTable, on: control)
        refusals = LoopBound(
            Refusals(
                loops: dataLoops, store: store, control: control, work: work, events: events,
                clock: now),
            on: control)
        let provisioner = Provisioner(
            loop: control, table: table, refusals: refusals, files: files, policy: policy,
            events: events, registration: registration, clock: now)
        self.provisioner = provisioner
        renewal = Renewal(
            table: table, provisioner: provisioner, events: events, clock: now)
        scan = CertificateScan(files: files, table: table, events: events, clock: now)
        var loopConfiguration = LoopCertificates.Configuration()
        loopConfiguration.credentials = credentials
        loopConfiguration.hold = hold
        certificates = data.map { [loopConfiguration] loop in
            LoopBound(
                LoopCertificates(
                    loop: loop, provisioner: provisioner, configuration: loopConfiguration,
                    clock: now), on: loop)
        }
        for each in certificates {
            await control.run { [loops] in loops.value.attach(each) }
        }
        await onControl { await $0.loops.value.settled() }
    }

    deinit {
        for loop in data + [control, work] { loop.shutdown() }
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Runs on the control loop what needs several of its parts.
    @discardableResult
    func onControl<R: Sendable>(_ body: @escaping @Sendable (Edge) async -> R) async -> R {
        await withCheckedContinuation { continuation in
            control.spawn { continuation.resume(returning: await body(self)) }
        }
    }

    func certificatesInService() async -> Int {
        await control.run { [table] in table.value.count }
    }

    /// A handshake from its ClientHello to its certificate or alert.
    func visit(
        _ host: String?, from source: [UInt8] = [127, 0, 0, 1], acme: Bool = false, loop: Int = 0
    ) async -> Visit {
        var indication = ServerNameIndication.absent
        if let host { indication = ServerName(host).map { .name($0) } ?? .invalid }
        let hello = ClientHello(
            serverNameIndication: indication, offersOnlyACMETLS: acme, source: source)
        let certificates = certificates[loop]
        return await withCheckedContinuation { continuation in
            data[loop].spawn {
                var selection = certificates.value.selectCertificate(for: hello)
                if case .suspend(let pending) = selection { selection = await pending.selection() }
                switch selection {
                case .serve(let credential):
                    continuation.resume(returning: .served(credential.leaf))
                case .refuse(let alert): continuation.resume(returning: .refused(alert))
                case .suspend: preconditionFailure("suspended twice")
                }
            }
        }
    }

    /// Writes a pair as an operator would copy it.
    func copyIn(
        _ pair: (chain: CertificateChain, key: PrivateKey), as directory: String,
        chain: Bool = true, key: Bool = true
    ) throws {
        let url = URL(fileURLWithPath: "\(path)/domains/\(directory)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        if chain { try Data(pair.chain.pem).write(to: url.appendingPathComponent("chain.pem")) }
        if key { try Data(pair.key.pem).write(to: url.appendingPathComponent("key.pem")) }
    }

    /// What `certificate.json` says of a name.
    func metadata(_ directory: String) -> CertificateMetadata? {
        FileManager.default.contents(atPath: "\(path)/domains/\(directory)/certificate.json")
            .flatMap { CertificateMetadata(json: Array($0)) }
    }

    /// Waits until something is so, for as long as a slow machine may take.
    func until(_ condition: @escaping @Sendable () async -> Bool) async throws {
        for _ in 0..<5000 {
            if await condition() { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        struct NeverSo: Error {}
        throw NeverSo()
    }
}

func name(_ text: String) -> ServerName { ServerName(text)! }
