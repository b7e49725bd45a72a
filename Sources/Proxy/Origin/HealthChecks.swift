// SPDX-License-Identifier: Apache-2.0
package import HTTP
package import Networking

/// Asks origins whether they are well, on a loop that carries no traffic.
///
/// Over HTTP/1.1 always; of an `h2c` origin it is asked only whether it accepts a connection.
package struct HealthChecks: Sendable {
    package struct Configuration: Equatable, Sendable {
        /// What is asked for.
        package var path = "/"
        /// From one check of an origin to its next.
        package var interval = Duration.seconds(10)
        /// For one check in all.
        package var timeout = Duration.seconds(2)
        /// Failed checks in a row that make an origin unhealthy.
        package var unhealthyAfter = 3
        /// Good checks in a row that make it healthy again.
        package var healthyAfter = 2
        /// The good answer; nil: any 2xx.
        package var status: Int?

        package init() {}
    }

    /// What is to be done with an origin from now on.
    package struct Verdict: Sendable {
        package let origin: OriginURL
        /// Why it is unhealthy; nil: it is healthy.
        package let fault: String?
    }

    private let origins: [OriginURL]
    private let configuration: Configuration
    private let client: HTTPClient
    private let lookup: any HostLookup
    private let loop: EventLoop

    /// Checks that are under way at once, however many origins there are.
    private static let concurrencyMax = 64
    /// The longest page that is read; a longer one is a failure.
    private static let pageBytesMax = 1 << 20

    /// - Parameter client: of `loop`, and keeping no connections: a new one tells more.
    package init(
        _ origins: [OriginURL], configuration: Configuration, client: HTTPClient,
        lookup: any HostLookup, on loop: EventLoop
    ) {
        self.origins = origins
        self.configuration = configuration
        self.client = client
        self.lookup = lookup
        self.loop = loop
    }

    /// Checks until it is cancelled. As a task of the loop.
    package func run(_ report: @Sendable (Verdict) -> Void) async {
        var checks = origins.map { _ in
            OriginCheck(
                unhealthyAfter: configuration.unhealthyAfter,
                healthyAfter: configuration.healthyAfter)
        }
        while !Task.isCancelled {
            let next = Instant.now + configuration.interval
            for (place, fault) in await round() where checks[place].saw(fault == nil) {
                report(Verdict(origin: origins[place], fault: fault))
            }
            let pause = max(Instant.now.duration(to: next), .zero)
            guard (try? await loop.sleep(for: pause)) != nil else { return }
        }
    }

    /// Checks each origin once: by their places, why they are not well.
    private func round() async -> [(place: Int, fault: String?)] {
        await withTaskGroup(of: (place: Int, fault: String?).self) { group in
            var results: [(place: Int, fault: String?)] = []
            for place in origins.indices {
                if place >= Self.concurrencyMax, let result = await group.next() {
                    results.append(result)
                }
                group.addTask(executorPreference: loop) { (place, await fault(of: origins[place])) }
            }
            for await result in group { results.append(result) }
            return results
        }
    }

    private func fault(of origin: OriginURL) async -> String? {
        do {
            guard !origin.isPriorKnowledge else { return try await connect(to: origin.url) }
            guard let url = origin.url.with(target: configuration.path) else {
                return "\(configuration.path) is no path"
            }
            let answer = try await client.send(
                ClientRequest(url: url), deadline: configuration.timeout,
                maxBody: Self.pageBytesMax)
            let isGood =
                configuration.status.map { $0 == answer.status } ?? (200..<300 ~= answer.status)
            return isGood ? nil : "it answered \(answer.status)"
        } catch {
            return "\(error)"
        }
    }

    private func connect(to url: HTTPURL) async throws -> String? {
        guard let ip = try await lookup.addresses(of: url.host).first else {
            return "it has no address"
        }
        let address = SocketAddress(ip: ip, port: url.port)
        let socket = try await TCPSocket.connect(
            to: address, on: loop, timeout: configuration.timeout)
        socket.close()
        return nil
    }
}
