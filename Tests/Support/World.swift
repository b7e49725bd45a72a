// SPDX-License-Identifier: Apache-2.0

/// What most scenarios need: an application, a DNS, a CA, and the edge between them.
package struct World: Sendable {
    package let lab: Lab
    package let dns: ChallengeTestServer
    package let origin: Origin
    package let pebble: Pebble
    package let edge: Nameplate

    /// The name that customers point at.
    package static let target = "edge.saas.test"

    /// Starts everything, the edge last, with a configuration that the scenario may alter.
    ///
    /// - Parameters:
    ///   - zone: a challenge zone that the edge answers for; the CA finds it, and the names below
    ///     `test`, through a resolver.
    package init(
        _ lab: Lab, ca options: Pebble.Options = Pebble.Options(),
        challenges: [String] = ["tls-alpn-01", "http-01"], zone: String? = nil,
        startsEdge: Bool = true,
        _ alter: (inout JSON) -> Void = { _ in }
    ) async throws {
        self.lab = lab
        edge = try Nameplate(lab)
        dns = try await ChallengeTestServer(lab)
        try await dns.setAddress(Self.target)
        origin = try await Origin(lab)
        let zonePort = Ports.free()
        var resolver = dns.port
        if let zone {
            resolver = try await Bind(
                lab, folder: "resolver", forwards: ["test": dns.port, zone: zonePort]
            ).port
        }
        pebble = try await Pebble(
            lab, httpPort: edge.httpPort, tlsPort: edge.httpsPort, dns: resolver, options: options)
        var configuration = edge.configuration(
            application: origin.url, target: Self.target, dns: dns.port)
        configuration["issuers"] = [Nameplate.issuer(pebble, challenges: challenges)]
        if let zone {
            configuration["challenge_zone"] = [
                "name": .string(zone), "listen": [.string("127.0.0.1:\(zonePort)")],
                "name_servers": ["ns.edge.test"],
            ]
        }
        // A visitor waits as long as a slow machine takes, unless waiting is what a scenario is about.
        configuration["on_demand"] = ["hold": "60s"]
        alter(&configuration)
        try edge.write(configuration)
        if startsEdge { try await edge.start() }
    }

    /// Visitors who trust the CA.
    package var client: Client { edge.client(roots: pebble.roots) }

    /// New customers' domains, which point at the edge.
    package func domains(_ count: Int, _ stem: String = "shop") async throws -> [String] {
        let names = (0..<count).map { "\(stem)\($0).customer.test" }
        try await dns.setAlias(names, of: Self.target)
        return names
    }

    package func domain(_ stem: String = "shop") async throws -> String {
        try await domains(1, stem)[0]
    }
}
