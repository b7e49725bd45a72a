// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Networking
import Provisioning
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
        lines += ["", "What was looked up:"] + dns.evidence.lines.map { "  \($0)" }
        if !unknownIssuers.isEmpty {
            lines += ["", "CAs that could not be asked who they are in CAA records:"]
            lines += unknownIssuers.map { "  \($0)" }
        }
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        switch (dns, policy) {
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
