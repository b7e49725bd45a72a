// SPDX-License-Identifier: Apache-2.0
import ACME
import DNS
import FoundationEssentials
import HTTP
import Networking
import Provisioning
import TLS

/// Who the configured issuers are in the eyes of CAA records, found out without an account being
/// opened.
struct IssuerIdentities: Sendable {
    private(set) var known: [CAAIdentity] = []
    /// Issuers that neither the configuration nor they themselves say it of, and why.
    private(set) var unknown: [String] = []

    init(
        _ configuration: Configuration, on loop: EventLoop, lookup: HostResolver
    ) async throws(EdgeError) {
        for issuer in configuration.issuers {
            switch issuer {
            case .internal:
                known.append(
                    CAAIdentity(issuer: "internal", domains: [], accountURI: nil, methods: []))
            case .acme(let acme):
                try await add(acme, on: loop, lookup: lookup, storage: configuration.storage)
            }
        }
    }

    private mutating func add(
        _ acme: ACMEIssuerConfiguration, on loop: EventLoop, lookup: HostResolver,
        storage: StorageConfiguration
    ) async throws(EdgeError) {
        let settings = try acme.settings
        var domains = settings.caaIdentities
        if domains.isEmpty {
            let transport = try HTTPClient.make(on: loop, roots: acme.roots, lookup: lookup)
            let client = ACMEClient(
                directory: settings.directory, transport: transport, loop: loop)
            do throws(ACMEError) { domains = try await client.directory().caaIdentities } catch {
                unknown.append("\(settings.directory): \(error)")
                return
            }
        }
        known.append(
            CAAIdentity(
                issuer: settings.name, domains: domains,
                accountURI: Self.accountURL(of: settings.name, in: storage),
                methods: settings.challenges.map(\.rawValue)))
    }

    /// The account that a running edge has opened, from `account.json`; nil when there is none.
    private static func accountURL(
        of issuer: String, in storage: StorageConfiguration
    ) -> String? {
        struct Document: Decodable { var url: String }
        let file = try? TextFile(path: "\(storage.file)/accounts/\(issuer)/account.json")
        return file.flatMap {
            try? JSONDecoder().decode(Document.self, from: Data($0.bytes)).url
        }
    }
}
