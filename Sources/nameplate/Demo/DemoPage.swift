// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Provisioning
import TLS

/// What the demo prints. At most thirty lines of at most a hundred columns; without a terminal no
/// escape sequences.
struct DemoPage {
    let isStyled: Bool

    /// Who takes part.
    func scene(_ world: DemoWorld) -> String {
        """
        \(bold("Nameplate: a customer's domain, its first visit, its certificate."))
        \(dim("All of it on this machine and in this process; nobody outside is asked."))

          application  http://\(world.application)   plain HTTP, knows nothing of certificates
          DNS          \(world.zone)          \(world.customer) CNAME \(world.target)
          edge         https://127.0.0.1:\(world.httpsPort)  cname_target is \(world.target)
          CA           \(world.root.subjectCommonName ?? "")    \(dim("made a moment ago"))
        """
    }

    /// The first visit, step by step. What lies within the handshake adds up to it.
    func first(_ visit: DemoVisit, _ record: DemoRecord, of world: DemoWorld) -> String {
        let steps = record.steps(of: world.customer)
        let within = steps.reduce(Duration.zero) { $0 + $1.duration }
        var rows = [Row(visit.connect, "connected", "no certificate for that name exists yet")]
        rows += steps.map { row($0, world) }
        rows.append(Row(visit.handshake - within, "handshake", "the TLS itself: \(visit.session)"))
        rows.append(Row(visit.answer, "answer", "\(visit.status) \"\(visit.greeting)\""))
        rows.append(
            Row(visit.total, "first visit", "over a certificate that did not exist before", .sum))
        var lines = ["", bold("First visit of https://\(world.customer)/"), ""] + rows.map(text)
        if let certificate = world.certificate(of: world.customer) {
            let issuer = certificate.issuerCommonName ?? ""
            lines += ["", "  certificate  issued by \(issuer), serial \(certificate.serialHex)"]
        }
        return lines.joined(separator: "\n")
    }

    /// The same domain a moment later.
    func repeated(_ visit: DemoVisit) -> String {
        let rows = [
            Row(visit.connect, "connected", ""),
            Row(visit.handshake, "handshake", "a full one, the certificate from memory"),
            Row(visit.answer, "answer", "\(visit.status)"),
            Row(visit.total, "repeat visit", "", .sum),
        ]
        return (["", bold("The next visit"), ""] + rows.map(text)).joined(separator: "\n")
    }

    /// What to try.
    func invitation(_ world: DemoWorld) -> String {
        let port = world.httpsPort
        let others = world.otherCustomers.map(\.text).joined(separator: " and ")
        return """

            \(bold("Try it"))

              curl --cacert \(world.rootFile) \\
                --resolve \(world.customer):\(port):127.0.0.1 https://\(world.customer):\(port)/

            \(dim("\(others) are new too; any other name is refused. Ctrl-C ends the demo."))
            """
    }

    private func row(_ time: StepTime, _ world: DemoWorld) -> Row {
        let (name, explanation) =
            switch time.step {
            case .permission: ("permission", "the application allows the domain")
            case .eligibility: ("eligibility", "its CNAME leads to \(world.target)")
            case .order: ("order", "placed with the CA")
            case .validation: ("validation", "the CA saw our answer to its challenge")
            case .finalize: ("certificate", "signed by the CA for a fresh P-256 key")
            case .store: ("stored", "chain, key and metadata, fsynced as one")
            case .publish: ("published", "to every loop, by message")
            }
        return Row(time.duration, name, explanation)
    }

    /// A line of a table: a time, a word, an explanation.
    private struct Row {
        enum Kind { case part, sum }

        let time: Duration
        let name: String
        let explanation: String
        let kind: Kind

        init(_ time: Duration, _ name: String, _ explanation: String, _ kind: Kind = .part) {
            self.time = max(time, .zero)
            self.name = name
            self.explanation = explanation
            self.kind = kind
        }
    }

    private func text(_ row: Row) -> String {
        let time = Self.padded(Milliseconds.text(row.time), to: 7, .leading) + " ms"
        let name = Self.padded(row.name, to: 13, .trailing)
        switch row.kind {
        case .part: return "  \(time)  \(name)\(dim(row.explanation))"
        case .sum: return "  \(bold(time))  \(bold(name))\(row.explanation)"
        }
    }

    private enum Side { case leading, trailing }

    private static func padded(_ text: String, to width: Int, _ side: Side) -> String {
        let padding = String(repeating: " ", count: max(0, width - text.count))
        return side == .leading ? padding + text : text + padding
    }

    private func bold(_ text: String) -> String { isStyled ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    private func dim(_ text: String) -> String { isStyled ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
