// SPDX-License-Identifier: Apache-2.0
import Networking
import Provisioning
import Registry
import Testing

@testable import Management

/// Provisioning by both APIs that have it, while no issuance comes to an end.
@Suite struct ProvisionTests {
    enum API: String, CaseIterable {
        case native, entri

        func provision(
            _ name: String, of rig: ManagementRig, to url: String
        ) async throws -> ManagementRig.Answer {
            switch self {
            case .native: try await rig.send("POST", "/edge/v1/domains/\(name)/provision")
            case .entri:
                try await rig.send(
                    "POST", "/ssl", #"{"domain":"\#(name)","applicationUrl":"\#(url)"}"#, by: nil,
                    fields: [("Authorization", "Bearer \(ManagementRig.Client.app.secret)")])
            }
        }
    }

    private func rig() async throws -> ManagementRig {
        var configuration = Lifecycle.Configuration()
        configuration.concurrency = 0
        let rig = try await ManagementRig(lifecycle: configuration)
        _ = try await rig.send(
            "POST", "/edge/v1/domains",
            #"{"name":"a.shop.test","application_urls":["https://first.test/"]}"#)
        return rig
    }

    private func counts(_ rig: ManagementRig) async throws -> [Int?] {
        var counts: [Int?] = []
        for list in ["certificates", "issuances", "events"] {
            counts.append(
                try await rig.send("GET", "/edge/v1/\(list)")["data"].arrayValue?.count)
        }
        return counts
    }

    @Test(arguments: API.allCases)
    func `provisioning twice is declined, and changes nothing`(api: API) async throws {
        let rig = try await rig()
        let first = try await api.provision("a.shop.test", of: rig, to: "https://second.test/")
        #expect((200...201).contains(first.status), "\(first.text)")
        let before = try await counts(rig)
        #expect(before.first == 1)
        for other in API.allCases {
            let again = try await other.provision(
                "a.shop.test", of: rig, to: "https://third.test/")
            #expect(again.status == 409, "\(other): \(again.text)")
        }
        #expect(try await counts(rig) == before)
        let domain = try await rig.send("GET", "/edge/v1/domains/a.shop.test")
        let url = api == .entri ? "https://second.test/" : "https://first.test/"
        #expect(domain["application_urls"] == [.string(url)])
    }

    @Test(arguments: API.allCases)
    func `of eight that provision at once one does`(api: API) async throws {
        let rig = try await rig()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for index in 0..<8 {
                group.addTask {
                    try await api.provision(
                        "a.shop.test", of: rig, to: "https://app\(index).test/"
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.filter { $0 < 300 }.count == 1)
        #expect(statuses.filter { $0 == 409 }.count == 7, "\(statuses)")
        #expect(try await counts(rig).prefix(2) == [1, 1])
    }
}
