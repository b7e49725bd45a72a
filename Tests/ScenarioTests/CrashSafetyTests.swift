// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// `kill -9` at any moment leaves whole pairs, one account, and nothing to order twice.
    @Suite(.serialized) struct CrashSafety {
        private static let rounds = Scenarios.isLong ? 100 : 15

        @Test func `a crash while provisioning leaves only whole pairs, which serve again`()
            async throws
        {
            try await Lab.play { lab in
                let world = try await World(lab, startsEdge: false) {
                    $0["on_demand"] = ["hold": "60s"]
                }
                let openssl = OpenSSL(lab)
                var serials: [String: String] = [:]
                var everyDomain: [String] = []
                for round in 0..<Self.rounds {
                    try await world.edge.start()
                    let domains = try await world.domains(4, "round\(round)-")
                    everyDomain += domains
                    let visitors = try await world.client.start(
                        "visit", ["names": JSON(domains), "timeout": 5])
                    let moment = Int.random(in: 100...600)
                    try await Task.sleep(for: .milliseconds(moment))
                    await world.edge.crash()
                    _ = try await visitors.report()
                    for domain in domains where exists(world.edge.folder(of: domain)) {
                        let folder = world.edge.folder(of: domain)
                        #expect(
                            try await openssl.isWholePair(folder), "\(domain) after \(moment) ms")
                        serials[domain] = try await openssl.serial(folder)
                    }
                }
                try await world.edge.start()
                let visits = try await world.client.visit(everyDomain)
                #expect(visits.allSatisfy { $0.status == 200 }, "\(lab.evidence)")
                for visit in visits {
                    guard let stored = serials[visit.name] else { continue }
                    #expect(visit.serial == stored, "\(visit.name) was ordered again")
                }
                #expect(world.pebble.accounts == 1)
                print(
                    "\(Self.rounds) crashes while provisioning \(everyDomain.count) domains:",
                    "\(serials.count) stored before the crash, \(world.pebble.issued) issued")
            }
        }

        @Test func `a crash while renewing leaves the old pair or the new one`() async throws {
            try await Lab.play { lab in
                var ca = Pebble.Options()
                ca.validity = 12
                let world = try await World(lab, ca: ca) { $0["on_demand"] = ["hold": "60s"] }
                let openssl = OpenSSL(lab)
                let domains = try await world.domains(12)
                #expect(try await world.client.visit(domains).allSatisfy { $0.status == 200 })
                for _ in 0..<Self.rounds {
                    // The renewals of certificates this short never pause for long.
                    let issued = world.pebble.issued
                    try await eventually(within: .seconds(90), "a renewal begins") {
                        world.pebble.issued > issued
                    }
                    try await Task.sleep(for: .milliseconds(Int.random(in: 0...200)))
                    await world.edge.crash()
                    for domain in domains {
                        let folder = world.edge.folder(of: domain)
                        #expect(try await openssl.isWholePair(folder), "\(domain)")
                    }
                    try await world.edge.start()
                    // What has expired meanwhile, on a slow machine, comes back by a visit.
                    _ = try await world.client.visit(domains)
                }
                try await eventually(within: .seconds(90), "every domain is served") {
                    try await world.client.visit(domains).allSatisfy { $0.status == 200 }
                }
                #expect(world.pebble.accounts == 1)
                print("\(Self.rounds) crashes while renewing: \(world.pebble.issued) issued")
            }
        }

        private func exists(_ path: String) -> Bool {
            FileManager.default.fileExists(atPath: path)
        }
    }
}
