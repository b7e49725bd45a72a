// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Networking
import Proxy
import TLS
import Testing

@testable import nameplate

@Suite struct ConfigurationDefaultsTests {
    private let documented: Configuration
    private let defaults: Configuration

    init() throws {
        documented = try Configuration.read(file: DocumentedConfiguration.file, environment: [:])
        defaults = Configuration(
            applicationURLs: [try #require(OriginURL("http://127.0.0.1:9000"))],
            cnameTarget: try #require(ServerName("domains.saascompany.com")))
    }

    @Test func `the documented defaults are the defaults`() {
        #expect(documented.listen == defaults.listen)
        #expect(documented.storage == defaults.storage)
        #expect(documented.certificates.isEmpty && defaults.certificates.isEmpty)
        #expect(documented.onDemand == defaults.onDemand)
        #expect(documented.renewal == defaults.renewal)
        #expect(documented.dns == defaults.dns)
        #expect(documented.tls == defaults.tls)
        #expect(documented.origin == defaults.origin)
        #expect(documented.domains == defaults.domains)
        #expect(documented.limits == defaults.limits)
        #expect(documented.trustedProxies == defaults.trustedProxies)
        #expect(documented.forwarding == defaults.forwarding)
        #expect(documented.hsts == nil && defaults.hsts == nil)
        #expect(documented.requestHeaders.isEmpty && defaults.requestHeaders.isEmpty)
        #expect(documented.responseHeaders.isEmpty && defaults.responseHeaders.isEmpty)
        #expect(documented.log == defaults.log)
        #expect(documented.drain == defaults.drain)
        #expect(documented.management == nil && defaults.management == nil)
    }

    @Test func `the documented issuer shows the defaults of an ACME issuer`() throws {
        guard case .acme(let shown)? = documented.issuers.first else {
            Issue.record("the first issuer is not an ACME CA")
            return
        }
        let plain = ACMEIssuerConfiguration(directory: shown.directory)
        #expect(shown.email == plain.email)
        #expect(shown.challenges == plain.challenges)
        #expect(shown.trustedRoots == plain.trustedRoots)
        #expect(shown.externalAccount == nil && plain.externalAccount == nil)
        #expect(shown.profile == plain.profile)
        #expect(shown.caaIdentities == plain.caaIdentities)
    }

    @Test func `every key the code knows is documented`() throws {
        let text = try DocumentedConfiguration.text()
        let undocumented = Self.keys.filter { key in
            !text.contains(try! Regex("\\b\(key):"))
        }
        #expect(undocumented == [])
    }

    @Test func `every documented default is written out`() throws {
        // A key left out, or null where the code has a value, would pass the comparison above.
        let tree = try JSON5Parser.parse(try DocumentedConfiguration.text())
        let written = Self.paths(of: tree)
        for path in Self.required { #expect(written.contains(path), "\(path) is not written out") }
    }

    @Test func `the defaults of the contract`() {
        #expect(defaults.onDemand.hold == .seconds(10))
        #expect(defaults.onDemand.held == 10000)
        #expect(defaults.onDemand.heldPerName == 100)
        #expect(defaults.onDemand.heldPerSource == 256)
        #expect(defaults.onDemand.flights == 256)
        #expect(defaults.onDemand.newNamesPerMinute == 1000)
        #expect(defaults.onDemand.enabled && !defaults.onDemand.registeredOnly)
        #expect(defaults.renewal.at == 0.667)
        #expect(defaults.listen.https.map(\.description) == ["0.0.0.0:443", "[::]:443"])
        #expect(defaults.listen.http.map(\.description) == ["0.0.0.0:80", "[::]:80"])
        #expect(defaults.drain == .seconds(30))
    }

    private static let keys: [String] =
        names(Configuration.Key.self) + names(ListenConfiguration.Key.self)
        + names(StorageConfiguration.Key.self) + names(IssuerConfiguration.Key.self)
        + names(ACMEIssuerConfiguration.Key.self) + names(ExternalAccountConfiguration.Key.self)
        + names(InternalIssuerConfiguration.Key.self) + names(OperatorCertificate.Key.self)
        + names(OnDemandConfiguration.Key.self) + names(RenewalConfiguration.Key.self)
        + names(DNSConfiguration.Key.self) + names(TLSConfiguration.Key.self)
        + names(OriginConfiguration.Key.self) + names(AsideConfiguration.Key.self)
        + names(HealthConfiguration.Key.self) + names(DomainConfiguration.Key.self)
        + names(LimitsConfiguration.Key.self)
        + names(ForwardingConfiguration.Key.self) + names(StrictTransportSecurity.Key.self)
        + names(FieldRules.Key.self)
        + names(LogConfiguration.Key.self) + names(ManagementConfiguration.Key.self)
        + names(ChallengeZoneConfiguration.Key.self) + names(UpdateConfiguration.Member.self)
        + names(UpdateConfiguration.Key.Member.self)
        + names(ManagementClientConfiguration.Key.self)

    /// The keys that have a place of their own in the file, not only in a comment.
    private static let required: [String] =
        names(Configuration.Key.self) + names(ListenConfiguration.Key.self, in: "listen")
        + names(StorageConfiguration.Key.self, in: "storage")
        + names(ACMEIssuerConfiguration.Key.self, in: "issuers[0].acme")
        + names(OnDemandConfiguration.Key.self, in: "on_demand")
        + names(RenewalConfiguration.Key.self, in: "renewal")
        + names(DNSConfiguration.Key.self, in: "dns") + names(TLSConfiguration.Key.self, in: "tls")
        + names(OriginConfiguration.Key.self, in: "origin")
        + names(AsideConfiguration.Key.self, in: "origin.aside")
        + names(LimitsConfiguration.Key.self, in: "limits")
        + names(ForwardingConfiguration.Key.self, in: "forwarding")
        + names(FieldRules.Key.self, in: "request_headers")
        + names(FieldRules.Key.self, in: "response_headers")
        + names(LogConfiguration.Key.self, in: "log")

    private static func names<Key: ConfigurationKey>(
        _ keys: Key.Type, in path: String? = nil
    ) -> [String] {
        keys.allCases.map { key in path.map { "\($0).\(key.rawValue)" } ?? key.rawValue }
    }

    private static func paths(of value: JSON5Value, at path: String = "") -> Set<String> {
        var paths: Set<String> = [path]
        switch value.kind {
        case .object(let members):
            for member in members {
                let child = path.isEmpty ? member.name : "\(path).\(member.name)"
                paths.formUnion(Self.paths(of: member.value, at: child))
            }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                paths.formUnion(Self.paths(of: element, at: "\(path)[\(index)]"))
            }
        default: break
        }
        return paths
    }
}
