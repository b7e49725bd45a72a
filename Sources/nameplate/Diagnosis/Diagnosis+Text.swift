// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Networking
import Provisioning
import Registry
import TLS

/// A diagnosis for people.
extension Diagnosis {
    /// The verdict in the first line, then what to do, then what was looked up.
    var text: String {
        var lines = [verdict]
        if case .refused(let why) = policy { lines += ["", "  \(why)"] }
        switch dns {
        case .eligible(let eligible):
            if !eligible.permissions.isEmpty {
                lines += ["", "Who may issue:"]
                lines += eligible.permissions.map { permission in
                    let methods = permission.methods.joined(separator: ", ")
                    return "  \(permission.issuer)" + (methods.isEmpty ? "" : " by \(methods)")
                }
            }
        case .ineligible(let ineligibility):
            lines += ["", "  \(ineligibility.advice)"]
            if !ineligibility.changes.isEmpty {
                lines += ["", "In the DNS of the domain:"]
                lines += ineligibility.changes.map { change in
                    let action = change.action.rawValue
                    let padding = String(repeating: " ", count: 8 - action.count)
                    return "  \(action)\(padding)\(change)"
                }
            }
        }
        lines += delegationLines + persistenceLines
        let evidence = dns.evidence.lines
        if !evidence.isEmpty {
            lines += ["", "What was looked up:"] + evidence.map { "  \($0)" }
        }
        if !unknownIssuers.isEmpty {
            lines += ["", "CAs that could not be asked who they are in CAA records:"]
            lines += unknownIssuers.map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    private var delegationLines: [String] {
        guard let delegation else { return [] }
        let state =
            delegation.isInPlace
            ? "in place: \(delegation.delegation.from) leads to \(delegation.delegation.to ?? "")"
            : delegation.advice
        return ["", "Challenges answered for it (dns-01: wildcards, names that point elsewhere):"]
            + ["  \(state)"]
    }

    private var persistenceLines: [String] {
        guard !persistence.expected.isEmpty || !persistence.found.isEmpty else { return [] }
        let state =
            persistence.isInPlace
            ? "in place at \(persistence.owner)"
            : "not in place; CAs that know it would take"
        let wanted = persistence.isInPlace ? [] : persistence.expected
        return ["", "Standing permission for our accounts (dns-persist-01):", "  \(state)"]
            + wanted.map { "  \(persistence.owner). TXT \"\($0)\"" }
            + persistence.found.map { "  found \"\($0)\"" }
    }

    private var verdict: String {
        switch (dns, policy) {
        case (.eligible, .allowed) where name.isWildcard && !isEligible:
            delegation == nil
                ? "\(name) is not eligible: a wildcard needs challenge_zone to be configured"
                : "\(name) is not eligible: its challenges are not delegated to us"
        case (.eligible(let eligible), .allowed):
            "\(name) is eligible: \(Self.sentence(eligible.route, to: target.text))"
        case (.eligible, .refused):
            "\(name) is not eligible: DNS is as it should be, and policy refuses it"
        case (.ineligible(let ineligibility), _):
            "\(name) is not eligible: \(ineligibility.cause.rawValue)"
        }
    }

    private static func sentence(_ route: Eligible.Route, to target: String) -> String {
        switch route {
        case .addresses(let addresses):
            "its addresses are those of \(target), "
                + addresses.map(\.description).joined(separator: ", ")
        case .alias: "its CNAME leads to \(target)"
        case .delegation: "its challenges are answered in our zone"
        case .target: "it is cname_target itself"
        }
    }
}
