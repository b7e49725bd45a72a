// SPDX-License-Identifier: Apache-2.0
import DNS
import FoundationEssentials
import Networking
import Provisioning
import Proxy

extension Configuration {
    /// Reads `file`, and the files and environment variables that it names. Every mistake is found
    /// in one go.
    static func read(
        file: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationProblems) -> Configuration {
        let text: TextFile
        do { text = try TextFile(path: file) } catch {
            let sentence = "cannot read the configuration: \(error.reason)"
            throw ConfigurationProblems(
                file: file, problems: [.init(line: nil, keyPath: "", sentence: sentence)])
        }
        return try read(text: text.text, named: file, environment: environment)
    }

    /// Reads `text` as if it stood in the file `named`.
    static func read(
        text: String, named: String, environment: [String: String]
    ) throws(ConfigurationProblems) -> Configuration {
        let tree: JSON5Value
        do { tree = try JSON5Parser.parse(text) } catch {
            throw ConfigurationProblems(
                file: named,
                problems: [.init(line: error.line, keyPath: "", sentence: error.description)])
        }
        let report = ConfigurationReport(environment: environment)
        let cursor = ConfigurationCursor(tree, report: report)
        let configuration = Configuration.read(cursor)
        if report.problems.isEmpty { configuration?.reportContradictions(to: cursor) }
        guard let configuration, report.problems.isEmpty else {
            throw ConfigurationProblems(file: named, problems: report.problems)
        }
        return configuration
    }

    /// What each key allows by itself and the whole does not.
    private func reportContradictions(to cursor: ConfigurationCursor) {
        if onDemand.enabled && issuers.isEmpty {
            report(
                .issuers, to: cursor,
                "expected at least one issuer, because on_demand.enabled is true; found none")
        }
        let wantsPlainPort = issuers.contains { issuer in
            if case .acme(let acme) = issuer { acme.challenges == [.http01] } else { false }
        }
        if wantsPlainPort && listen.http.isEmpty {
            report(
                .listen, to: cursor,
                "expected an address in listen.http, because an issuer has http-01 as its only "
                    + "challenge; found none")
        }
        if !onDemand.enabled && certificates.isEmpty && issuers.isEmpty {
            report(
                .certificates, to: cursor,
                "expected a certificate, because on_demand.enabled is false; found none")
        }
        reportZoneContradictions(to: cursor)
        let defaults = certificates.filter(\.isDefault).map(\.chainPath)
        if defaults.count > 1 {
            let found = defaults.joined(separator: ", ")
            report(
                .certificates, to: cursor,
                "expected default: true at one certificate at most, found it at \(found)")
        }
    }

    private func reportZoneContradictions(to cursor: ConfigurationCursor) {
        let wantsZone = issuers.contains { issuer in
            if case .acme(let acme) = issuer { acme.challenges.contains(.dns01) } else { false }
        }
        switch (challengeZone, dns.update) {
        case (nil, nil):
            guard wantsZone else { return }
            report(
                .issuers, to: cursor,
                "expected challenge_zone, because an issuer has dns-01 among its challenges; found "
                    + "none")
        case (nil, _?):
            report(
                .dns, to: cursor,
                "expected challenge_zone, because dns.update says who takes its records; found none"
            )
        case (let zone?, nil) where zone.listen.isEmpty:
            report(
                .challengeZone, to: cursor,
                "expected listen, to answer for the zone here, or dns.update; found neither")
        case (let zone?, _?) where !zone.listen.isEmpty:
            report(
                .challengeZone, to: cursor,
                "expected either listen or dns.update, found both")
        case (let zone?, let update?) where !DNSName(zone.name).isWithin(DNSName(update.zone)):
            report(
                .dns, to: cursor,
                "expected update.zone to be challenge_zone.name or above it, found \(update.zone)")
        case (_?, _): break
        }
    }

    /// What is allowed and yet not what its writer may think.
    var remarks: [String] {
        var remarks = certificates.filter { $0.notAfter <= Date() }.map { certificate in
            "certificates: \(certificate.chainPath) expired on "
                + "\(LogTime.full(certificate.notAfter)) and is not served"
        }
        if let management { remarks += management.remarks }
        return remarks
    }

    private func report(_ key: Key, to cursor: ConfigurationCursor, _ sentence: String) {
        var line: Int?
        if case .object(let members) = cursor.value.kind {
            line = members.first { $0.name == key.rawValue }?.line
        }
        cursor.report.add(.init(line: line, keyPath: key.rawValue, sentence: sentence))
    }
}

extension AddressBlock: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> AddressBlock? {
        guard case .string(let text) = cursor.value.kind, let block = AddressBlock(text)
        else {
            cursor.expected("an address or a block such as \"10.0.0.0/8\"")
            return nil
        }
        return block
    }
}
