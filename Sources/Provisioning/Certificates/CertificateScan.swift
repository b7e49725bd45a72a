// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import Networking
import Storage
import TLS

/// Keeps the table in step with storage: loads all of it after the start, while handshakes are
/// served already, and then picks up what somebody copies in, replaces or removes.
///
/// What cannot be served is reported once and left alone; what is in service for its name stays. A
/// half-copied pair is no error: the next pass looks again. Lives on the control loop.
package actor CertificateScan {
    package struct Configuration: Sendable {
        /// The pause between two passes. Default: 10 s.
        package var interval = Duration.seconds(10)
        /// The share of the time that passes may take: the pause grows with a large store.
        /// Default: 0.05.
        package var share = 0.05
        /// Directories looked at before other work of the storage loop gets its turn. Default: 32.
        package var batch = 32

        package init() {}
    }

    private nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    private let configuration: Configuration
    private let files: CertificateFiles
    private let table: LoopBound<CertificateTable>
    private let events: any EventSink
    private let clock: @Sendable () -> Date
    private var hasFailed = false

    package init(
        files: CertificateFiles, table: LoopBound<CertificateTable>, events: any EventSink,
        configuration: Configuration = Configuration(),
        clock: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.files = files
        self.table = table
        self.events = events
        self.configuration = configuration
        self.clock = clock
        loop = table.loop
    }

    /// Passes without end; returns when its task is cancelled.
    package func run() async {
        var isFirst = true
        while !Task.isCancelled {
            let start = Instant.now
            await pass()
            if isFirst { events.record(.loaded(certificates: table.value.count)) }
            isFirst = false
            let took = start.duration(to: .now)
            let pause = max(configuration.interval, took / configuration.share)
            do { try await loop.sleep(for: pause) } catch { return }
        }
    }

    /// Looks at every directory once.
    package func pass() async {
        do {
            let names = try await files.names()
            for start in stride(from: 0, to: names.count, by: configuration.batch) {
                let end = min(start + configuration.batch, names.count)
                try await look(at: Array(names[start..<end]))
            }
            try await dropMissing(since: Set(names))
            hasFailed = false
        } catch {
            if !hasFailed {
                events.record(.storageFailed(doing: "looking at what is stored", error))
            }
            hasFailed = true
        }
    }

    private func look(at names: [CertificateName]) async throws(StorageError) {
        let known = names.map { table.value.versions[$0] }
        let before = names.map { table.value[$0] }
        let mark = table.value.beginReading()
        let changes: [CertificateFiles.Found?]
        do {
            changes = try await files.changes(of: names, since: known, at: clock())
        } catch {
            _ = table.value.endReading(of: [], since: mark)
            throw error
        }
        let removed = table.value.endReading(of: names, since: mark)
        var fresh: [StoredCertificate] = []
        for (index, found) in changes.enumerated() {
            let name = names[index]
            guard let found, !removed.contains(name) else { continue }
            // Something newer came into service during the reading: the next pass looks again.
            guard table.value[name] === before[index] else { continue }
            table.value.versions[name] = found.version
            switch found.pair {
            case .certificate(let certificate): fresh.append(certificate)
            case .empty, .incomplete: break
            case .refused(let problem): events.record(.pairRefused(name.text, problem))
            }
        }
        if !fresh.isEmpty { table.value.insert(fresh) }
    }

    /// Takes out of service what was in storage and is no longer.
    private func dropMissing(since names: Set<CertificateName>) async throws(StorageError) {
        let missing = table.value.versions.keys.filter { !names.contains($0) }
        guard !missing.isEmpty else { return }
        // What was stored after the listing is not missing.
        for (name, version) in zip(missing, try await files.versions(of: missing))
        where version == nil {
            table.value.versions[name] = nil
            table.value.remove(name)
        }
    }
}
