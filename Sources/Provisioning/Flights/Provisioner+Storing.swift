// SPDX-License-Identifier: Apache-2.0
import Networking
import Storage
import TLS

/// From an issued certificate to one in service.
///
/// A certificate in service stays there until its successor is stored. One that could not be stored
/// is kept in memory and stored later, without another order; when nothing is in service for its
/// name, it is served meanwhile.
extension Provisioner {
    /// Certificates that wait in memory to be stored. Further ones are lost with the process.
    static var unstoredMax: Int { 1000 }
    /// The pause between attempts to store them.
    static var storeAgainInterval: Duration { .seconds(60) }

    /// Stores the certificate, puts it into service and answers whether it is there.
    @discardableResult
    func store(
        _ certificate: StoredCertificate, besideRefused: Bool = false, _ times: StepTimes
    ) async -> Bool {
        guard let directory = certificate.directory else { return false }
        do {
            let version =
                try await besideRefused
                ? files.storeBesideRefused(certificate) : files.store(certificate)
            times.done(.store, at: .now)
            unstored[directory] = nil
            publish(certificate, version)
        } catch {
            events.record(.storageFailed(doing: "storing the certificate of \(directory)", error))
            if unstored.count < Self.unstoredMax { unstored[directory] = certificate }
            storeAgainLater()
            guard !isServed(directory) else { return false }
            table.value.insert([certificate])
        }
        times.done(.publish, at: .now)
        return true
    }

    private func isServed(_ directory: CertificateName) -> Bool {
        table.value[directory].map { $0.notAfter > clock() } ?? false
    }

    private func publish(_ certificate: StoredCertificate, _ version: StorageVersion) {
        if let directory = certificate.directory { table.value.versions[directory] = version }
        table.value.insert([certificate])
    }

    private func storeAgainLater() {
        guard !isStoringAgain else { return }
        isStoringAgain = true
        Task {
            while !unstored.isEmpty {
                try? await loop.sleep(for: Self.storeAgainInterval)
                await storeAgain()
            }
            isStoringAgain = false
        }
    }

    /// One round over what is not stored. The first failure ends it: the disk is still full.
    func storeAgain() async {
        for (directory, certificate) in unstored {
            do {
                let version = try await files.store(certificate)
                guard unstored[directory] === certificate else { continue }
                unstored[directory] = nil
                publish(certificate, version)
            } catch {
                events.record(
                    .storageFailed(doing: "storing the certificate of \(directory)", error))
                return
            }
        }
    }
}
