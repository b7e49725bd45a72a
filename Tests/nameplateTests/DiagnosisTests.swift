// SPDX-License-Identifier: Apache-2.0
import DNS
import HTTP
import Foundation
import Networking
import TLS
import Testing

@testable import nameplate

/// `diagnose` against a zone on loopback. The situations of DNS themselves are the eligibility
/// check's tests.
@Suite struct DiagnosisTests {
    private func diagnosis(
        of name: String, configure: (inout Configuration) -> Void = { _ in }
    ) async throws -> Diagnosis {
        let world = try await DemoWorld()
        defer { world.removeFiles() }
        var configuration = await world.edge.configuration
        configure(&configuration)
        let diagnosis = try await Diagnosis(
            of: try #require(CertificateName(name)), configuration)
        await world.end()
        return diagnosis
    }

    private func object(_ diagnosis: Diagnosis) throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(diagnosis.json.utf8)) as? [String: Any])
    }

    @Test func `a domain that points here is eligible, and why is said`() async throws {
        let diagnosis = try await diagnosis(of: "shop.example.test")
        #expect(diagnosis.isEligible)
        #expect(
            diagnosis.text.hasPrefix(
                "shop.example.test is eligible: its CNAME leads to domains.saas.test\n"))
        let object = try object(diagnosis)
        #expect(object["eligible"] as? Bool == true)
        #expect(object["domain"] as? String == "shop.example.test")
        #expect(object["cause"] == nil)
        #expect((object["evidence"] as? [Any])?.isEmpty == false)
    }

    @Test func `a domain that does not is told the record to add`() async throws {
        let diagnosis = try await diagnosis(of: "nobody.example.test")
        #expect(!diagnosis.isEligible)
        #expect(
            diagnosis.text.contains("\n  add     nobody.example.test. CNAME domains.saas.test.\n"))
        let object = try object(diagnosis)
        #expect(object["eligible"] as? Bool == false)
        #expect(object["cause"] as? String == "not_found")
        #expect(object["blame"] as? String == "customer")
        let change = (object["changes"] as? [[String: String]])?.first
        #expect(
            change == [
                "action": "add", "name": "nobody.example.test.", "type": "CNAME",
                "value": "domains.saas.test.",
            ])
    }

    @Test func `what policy refuses is not eligible, whatever DNS says`() async throws {
        let off = try await diagnosis(of: "shop.example.test") { $0.onDemand.enabled = false }
        #expect(!off.isEligible && off.text.contains("on_demand.enabled is false"))
        let unregistered = try await diagnosis(of: "shop.example.test") {
            $0.onDemand.registeredOnly = true
        }
        #expect(!unregistered.isEligible)
        #expect(unregistered.text.contains("there is no "))
        #expect(try object(unregistered)["eligible"] as? Bool == false)
    }

    @Test func `a CA that cannot be asked is named`() async throws {
        let diagnosis = try await diagnosis(of: "shop.example.test") { configuration in
            guard let directory = HTTPURL("https://127.0.0.1:9/directory") else { return }
            configuration.issuers.append(.acme(.init(directory: directory)))
        }
        #expect(diagnosis.unknownIssuers.count == 1)
        #expect(diagnosis.text.contains("https://127.0.0.1:9/directory: "))
    }
}
