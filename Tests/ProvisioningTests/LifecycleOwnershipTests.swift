// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Provisioning
import Registry
import Testing
import TLS

/// What a wildcard stands for belongs to its account: requests and handshakes of one account never get to
/// the origins and the certificates of another.
@Suite struct LifecycleOwnershipTests {
    private let me = LifecycleRig.caller

    private func register(
        _ name: String, by account: String, _ rig: LifecycleRig
    ) async throws -> Bool {
        let caller = Caller(account: account, actor: "tests", requestID: "request")
        do throws(LifecycleError) {
            _ = try await rig.lifecycle.register(
                DomainDraft(name: CertificateName(name)!), by: caller)
            return true
        } catch {
            guard case .conflict(let why) = error else { throw error }
            #expect(why.contains("belongs to another account"))
            return false
        }
    }

    @Test func `a wildcard of one account stands for no name of another`() async throws {
        let rig = try await LifecycleRig()
        // Accounts before and behind each other's, as their entries are ordered.
        let accounts = ["a", "main", "main-2", "main0", "z z"]
        for (index, account) in accounts.enumerated() {
            #expect(try await register("b.shop\(index).example", by: account, rig))
            for other in accounts where other != account {
                #expect(try await !register("*.shop\(index).example", by: other, rig))
            }
            #expect(try await register("*.shop\(index).example", by: account, rig))
            for other in accounts where other != account {
                #expect(try await !register("c.shop\(index).example", by: other, rig))
            }
            #expect(try await register("c.shop\(index).example", by: account, rig))
            // It stands for one label.
            let next = accounts[(index + 1) % accounts.count]
            #expect(try await register("d.d.shop\(index).example", by: next, rig))
        }
    }

    @Test func `an upload for a wildcard takes no name of another account`() async throws {
        let rig = try await LifecycleRig()
        #expect(try await register("b.a.example", by: "main", rig))
        let upload = try rig.pair("*.a.example")
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.upload(upload, by: LifecycleRig.stranger)
        }
        #expect(await rig.edge.certificatesInService() == 0)
        let version = try await rig.lifecycle.upload(upload, by: me)
        #expect(version.state == .active)
    }

    @Test func `a first visit below a wildcard is its owner's`() async throws {
        let rig = try await LifecycleRig()
        #expect(try await register("*.a.example", by: "other", rig))
        let recorder = RegistryRecorder(
            registry: rig.registry, table: rig.edge.table, then: rig.edge.events)
        _ = try #require(await rig.edge.visit("b.a.example").certificate)
        await rig.edge.onControl { edge in
            for event in edge.events.all { recorder.record(event) }
        }
        let caller = LifecycleRig.stranger
        try await rig.edge.until {
            (try? await rig.events(of: caller).contains("domain.secured")) ?? false
        }
        let domain = try await rig.lifecycle.domain(
            .name(CertificateName("b.a.example")!), for: caller)
        #expect(domain.source == .firstVisit)
    }
}
