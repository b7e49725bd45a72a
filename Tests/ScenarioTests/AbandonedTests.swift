// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// A visitor who leaves does not stop what was begun for the next one.
    @Suite(.serialized) struct Abandoned {
        @Test func `the provision goes on when its only visitor leaves`() async throws {
            try await Lab.play { lab in
                var ca = Pebble.Options()
                ca.sleep = 2
                let world = try await World(lab, ca: ca)
                let domains = try await world.domains(5)
                _ = try await world.client.run(
                    "abandon", ["names": JSON(domains), "after": 10])
                try await eventually("the abandoned domains are provisioned") {
                    world.edge.stored.count == domains.count
                }
                let orders = world.pebble.orders
                #expect(orders == domains.count)
                let visits = try await world.client.visit(domains)
                #expect(visits.allSatisfy { $0.status == 200 }, "\(visits) \(lab.evidence)")
                #expect(world.pebble.orders == orders)
            }
        }
    }
}
