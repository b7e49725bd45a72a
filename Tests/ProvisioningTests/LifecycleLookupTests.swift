// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Provisioning
import Registry
import Testing
import TLS

/// Many names of one call, looked up in DNS.
@Suite struct LifecycleLookupTests {
    private func request(_ names: [CertificateName]) throws -> String {
        let der = try CertificateRequest.der(names: names, key: PrivateKey.generate(.p256))
        return String(decoding: try CertificateRequest.pem(der: der), as: UTF8.self)
    }

    private let names = (1...20).compactMap { CertificateName("h\($0).example") }

    @Test func `names are looked up side by side, and no more at once than is said`() async throws {
        let rig = try await LifecycleRig { $0.lookups = 4 }
        rig.edge.check.gather(4)
        let found = try await rig.lifecycle.inspect(request: try request(names))
        #expect(found.reports.map(\.name) == names)
        #expect(found.reports.allSatisfy { $0.isEligible })
        #expect(rig.edge.check.most == 4)
    }

    @Test func `names whose turn does not come in time say that they were not looked up`()
        async throws
    {
        let rig = try await LifecycleRig {
            $0.lookups = 4
            $0.lookupPatience = .zero
        }
        let found = try await rig.lifecycle.inspect(request: try request(names))
        #expect(found.reports.map(\.isRouted) == (1...20).map { $0 <= 4 ? true : nil })
        #expect(found.reports.map(\.isEligible) == (1...20).map { $0 <= 4 })
        #expect(rig.edge.check.count == 4)
    }
}
