// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// Qwilt's managed signing request on a real CA: the customer sets CNAMEs, and nothing else.
    @Suite struct QwiltTemplates {
        private static let names = ["cdn.customer.test", "www.customer.test"]
        /// As the page lists them, without those of failures.
        private static let states = [
            "PENDING_CHALLENGE_DELEGATION", "REQUESTING_CERTIFICATE_FROM_CA",
            "CHALLENGE_PASSED_WAITING_FOR_CA_TO_SIGN", "NOTIFY_SITES", "NOTIFIED_SITES",
        ]

        @Test
        func `a managed template is delegated, issued, linked and served, and its renewals follow`()
            async throws
        {
            try await Lab.play { lab in
                let port = Ports.free()
                let stage = try await Wildcard.Stage(lab, .embedded) {
                    $0["management"] = DialectShell.configuration(port)
                    $0["on_demand"] = ["enabled": false]
                }
                try await stage.edge.start()
                let calls = QwiltCalls(try DialectShell(lab, port: port))
                let made = try await calls.template(Self.names, isManaged: true)
                try await eventually("it waits for its CNAMEs") {
                    try await calls.signingRequest(made.request)["signingState"].string
                        == Self.states[0]
                }
                #expect(stage.pebble.orders == 0)
                let waiting = try await calls.signingRequest(made.request)
                let delegations = waiting["challengeDelegationOfDomainsList"].array
                #expect(
                    delegations.map { $0["fromDomain"].string }
                        == Self.names.map { "_acme-challenge.\($0)" })
                for delegation in delegations {
                    try await stage.dns.setAlias(
                        [delegation["fromDomain"].string ?? ""],
                        of: delegation["toDomain"].string ?? "")
                }
                // Looked for at once, and it is the same one.
                #expect(try await calls.trigger(made.template) == made.request)
                let seen = try await notified(made.request, calls)
                print("signing states seen: \(seen)")
                #expect(seen == Self.states.filter(seen.contains), "\(lab.evidence)")

                let first = try await certificate(of: made.template, calls)
                let site = try await calls.site(Self.names[0])
                try await calls.link(first.id, to: site)
                let visitors = stage.edge.client(roots: stage.pebble.roots)
                #expect(try await visitors.visit(Self.names[0]).alert != nil)
                try await calls.publish(site)
                let visit = try await visitors.visit(Self.names[0])
                #expect(visit.status == 200, "\(visit) \(lab.evidence)")
                #expect(visit.serial == first.serial)

                let load = try await visitors.start(
                    "handshakes", ["names": [.string(Self.names[0])], "workers": 2])
                // named believes an answer to the end of the second, also one with no time to live.
                try await Task.sleep(for: .milliseconds(1500))
                let renewal = try await calls.trigger(made.template)
                #expect(renewal != made.request)
                _ = try await notified(renewal, calls)
                let second = try await certificate(of: made.template, calls)
                #expect(second.id != first.id)
                let links = try await calls.get("/api/v2/sites/\(site)/certificates")
                #expect(links.array.map { $0["certificateId"].string } == [second.id])
                #expect(try await visitors.visit(Self.names[0]).serial == second.serial)
                #expect(try await load.report()["failures"] == [], "\(lab.evidence)")
            }
        }

        /// The states that a signing request is seen in until it is done.
        private func notified(_ request: String, _ calls: QwiltCalls) async throws -> [String] {
            var seen: [String] = []
            try await eventually(within: .seconds(180), "sites are notified") {
                let shown = try await calls.signingRequest(request)
                let state = shown["signingState"].string ?? "\(shown)"
                if state != seen.last { seen.append(state) }
                return state == Self.states.last
            }
            return seen
        }

        private func certificate(
            of template: String, _ calls: QwiltCalls
        ) async throws -> (id: String, serial: String) {
            let shown = try await calls.get("/api/v2/certificate-templates/\(template)")
            let id = "\(shown["lastCertificateId"].int ?? 0)"
            let certificate = try await calls.get("/api/v2/certificates/\(id)")
            let pem = Data(base64Encoded: certificate["certificate"].string ?? "") ?? Data()
            return (
                id,
                try await OpenSSL(calls.shell.lab).serial(of: String(decoding: pem, as: UTF8.self))
            )
        }
    }
}
