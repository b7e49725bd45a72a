// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Provisioning
import TLS

/// What the demo prints. At most thirty lines of at most a hundred columns; without a terminal no
/// escape sequences.
struct DemoPage: Sendable {
    let isStyled: Bool

    /// Who takes part.
    func scene(_ world: DemoWorld) -> String {
        let cast = [
            ("application", "http://\(world.application)", "plain HTTP, knows no certificates"),
            ("DNS", "\(world.zone)", "\(world.customer) CNAME \(world.target)"),
            ("CA", world.root.subjectCommonName ?? "", "made a moment ago"),
            ("edge", "https://127.0.0.1:\(world.httpsPort)", "has no certificate for anybody"),
        ]
        let lines = cast.map { name, address, remark in
            "  \(padded(name, to: 13))\(padded(address, to: 25))\(dim(remark))"
        }
        return """
            \(bold("Nameplate: a customer's domain, its first visit, its certificate."))
            \(dim("All of it on this machine, in this process; nobody outside is asked."))

            \(lines.joined(separator: "\n"))
            """
    }

    /// The first visit, step by step; the parts add up to the whole.
    func first(_ visit: DemoVisit, of world: DemoWorld) -> String {
        let steps = world.record.steps(of: world.customer)
        let held = steps.reduce(Duration.zero) { $0 + $1.duration }
        let legend = dim(steps.isEmpty ? "" : "┐│┘ the handshake waits for its certificate")
        var lines = ["", "\(bold("First visit of https://\(world.customer)/"))  \(legend)", ""]
        lines.append(part(visit.connect, "connected", ""))
        for (index, step) in steps.enumerated() {
            let (name, remark) = Self.words(for: step.step, world)
            let isLast = index == steps.count - 1
            lines.append(
                part(step.duration, name, remark, index == 0 ? "┐" : isLast ? "┘" : "│"))
        }
        lines.append(part(visit.handshake - held, "handshake", visit.session))
        lines.append(part(visit.answer, "answer", "\(visit.status) \"\(visit.greeting)\""))
        lines.append(whole(visit.total, "over a certificate that did not exist before"))
        if let certificate = world.certificate(of: world.customer) {
            let issuer = certificate.issuerCommonName ?? ""
            let margin = String(repeating: " ", count: 15)
            lines.append("\(margin)serial \(certificate.serialHex), issued by \(issuer)")
        }
        return lines.joined(separator: "\n")
    }

    /// The same domain a moment later.
    func repeated(_ visit: DemoVisit) -> String {
        [
            "", bold("Next visit"), "",
            part(visit.connect, "connected", ""),
            part(visit.handshake, "handshake", "a full one, the certificate from memory"),
            part(visit.answer, "answer", "\(visit.status)"),
            whole(visit.total, ""),
        ].joined(separator: "\n")
    }

    /// What to try.
    func invitation(_ world: DemoWorld) -> String {
        let port = world.httpsPort
        let others = world.otherCustomers.map(\.text).joined(separator: " and ")
        return """

            \(bold("Try it")) \(dim("— \(others) are new too; Ctrl-C ends it"))

              curl --cacert \(world.rootFile) \\
                --resolve \(world.customer):\(port):127.0.0.1 https://\(world.customer):\(port)/
            """
    }

    private static func words(
        for step: ProvisioningStep, _ world: DemoWorld
    ) -> (name: String, remark: String) {
        switch step {
        case .permission: ("permission", "the application allows the domain")
        case .eligibility: ("eligibility", "its CNAME leads to \(world.target)")
        case .order: ("order", "placed with the CA")
        case .validation: ("validation", "the CA saw our answer to its challenge")
        case .finalize: ("certificate", "signed by the CA for a fresh P-256 key")
        case .store: ("stored", "certificate, key and metadata, on the disk as one")
        case .publish: ("published", "to every loop, by message")
        }
    }

    // MARK: Layout

    private func part(
        _ time: Duration, _ name: String, _ remark: String, _ mark: String = " "
    ) -> String {
        let line = "\(Self.milliseconds(time)) \(mark) \(padded(name, to: 13))"
        return remark.isEmpty ? line.trimmed : line + dim(remark)
    }

    private func whole(_ time: Duration, _ remark: String) -> String {
        let line = "\(bold(Self.milliseconds(time)))   \(bold("in all")),"
        return remark.isEmpty ? String(line.dropLast()) : "\(line) \(remark)"
    }

    /// In a column, to the hundredth. What is measured in two places may miss by a little.
    private static func milliseconds(_ time: Duration) -> String {
        let (seconds, attoseconds) = max(time, .zero).components
        let hundredths = seconds * 100_000 + (attoseconds + 5_000_000_000_000) / 10_000_000_000_000
        let fraction = String(hundredths % 100)
        let text = "\(hundredths / 100).\(fraction.count < 2 ? "0" : "")\(fraction)"
        return String(repeating: " ", count: max(0, 9 - text.count)) + text + " ms"
    }

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func bold(_ text: String) -> String { isStyled ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    private func dim(_ text: String) -> String { isStyled ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}

extension String {
    /// Without the spaces at its end.
    fileprivate var trimmed: String {
        var rest = self[...]
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
