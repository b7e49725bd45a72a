// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import TLS
import Testing

@testable import Provisioning

/// How far an order has come, as it is written down.
struct OrderStageTests {
    private static let names = ["a.example", "b.example"].compactMap { CertificateName($0) }

    private static func issuance(_ state: Issuance.State) throws -> Issuance {
        var issuance = Issuance(
            number: try #require(IssuanceNumber(1)),
            account: "main", certificate: try #require(CertificateNumber(2)),
            version: try #require(VersionNumber(3)), reason: .api, state: state, requestID: "r",
            at: Date(timeIntervalSince1970: 0))
        issuance.authorizations = names.map {
            AuthorizationProgress(name: $0, delegation: Delegation(from: $0.text, to: nil))
        }
        return issuance
    }

    @Test func `each step of each name is noted`() throws {
        var issuance = try Self.issuance(.awaitingDelegation)
        let stages: [OrderStage] = [
            .authorizing,
            .authorization(Self.names[0], .processing, method: "dns-01", error: nil),
            .authorization(Self.names[1], .invalid, method: "http-01", error: "404"),
            .authorization(Self.names[0], .valid, method: "dns-01", error: nil),
        ]
        for stage in stages {
            let isNews = issuance.take(stage)
            #expect(isNews, "\(stage)")
        }
        #expect(issuance.state == .authorizing)
        #expect(issuance.authorizations.map(\.state) == [.valid, .invalid])
        #expect(issuance.authorizations.map(\.method) == ["dns-01", "http-01"])
        #expect(issuance.authorizations.map(\.error) == [nil, "404"])
        let isNews = issuance.take(OrderStage.finalizing)
        #expect(isNews)
        #expect(issuance.state == .finalizing)
        #expect(issuance.authorizations.map(\.state) == [.valid, .valid])
    }

    @Test(arguments: [Issuance.State.done, .canceled, .rejected])
    func `an issuance that has ended takes no stage`(state: Issuance.State) throws {
        let before = try Self.issuance(state)
        var issuance = before
        let stages: [OrderStage] = [
            .checking, .authorizing,
            .authorization(Self.names[0], .valid, method: "dns-01", error: nil), .finalizing,
            .downloaded,
        ]
        for stage in stages {
            let isNews = issuance.take(stage)
            #expect(!isNews, "\(stage)")
        }
        #expect(issuance.state == before.state)
        #expect(issuance.authorizations == before.authorizations)
    }

    @Test func `so many stages wait, and of more the oldest go`() {
        let told = StagesTold()
        told.append(.checking)
        for _ in 1..<StagesTold.countMax { told.append(.authorizing) }
        told.append(.finalizing)
        let stages = told.take()
        #expect(stages.count == StagesTold.countMax)
        #expect(stages.first == .authorizing)
        #expect(stages.last == .finalizing)
        #expect(told.take().isEmpty)
    }
}
