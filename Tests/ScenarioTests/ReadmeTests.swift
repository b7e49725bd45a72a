// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// What README tells a reader to type, typed.
    @Suite struct Readme {
        @Test func `the commands of "Manage it by API" work as they stand there`() async throws {
            try await Lab.play { lab in
                let port = Ports.free()
                let secret = "of-the-billing-system"
                let world = try await World(lab) {
                    $0["management"] = ManagementClient.configuration(
                        port: port, id: "billing", secret: secret)
                }
                try await world.dns.setAlias(["shop.customer.com"], of: World.target)
                let blocks = try Self.shellBlocks(under: "## Manage it by API")
                #expect(blocks.count == 2)
                let script = blocks.joined(separator: "\n")
                    .replacing("http://127.0.0.1:8081", with: "http://127.0.0.1:\(port)")
                    .replacing(".build/release/nameplate", with: Nameplate.binary)
                    .replacing("edge.json5", with: world.edge.configurationFile)
                    .replacing("curl ", with: "curl -sS --fail-with-body ")
                let said = try await lab.run(
                    "sh", ["-euxc", script], environment: ["BILLING_SECRET": secret])
                #expect(said.status == 0, "\(said.output)")
                for word in ["\"eligible\"", "iss_", "domain.registered", "crt_", "\"secret\":"] {
                    #expect(said.output.contains(word), "\(word): \(said.output)")
                }
            }
        }

        /// The lines between ```` ```sh ```` and the next fence, of one section.
        private static func shellBlocks(under heading: String) throws -> [String] {
            let readme = try String(
                contentsOf: Repository.root.appendingPathComponent("README.md"), encoding: .utf8)
            let sections = readme.components(separatedBy: "\n## ")
            let section = sections.first { heading.hasSuffix($0.prefix { $0 != "\n" }) } ?? ""
            return section.components(separatedBy: "```sh\n").dropFirst().compactMap {
                $0.components(separatedBy: "\n```").first
            }
        }
    }
}
