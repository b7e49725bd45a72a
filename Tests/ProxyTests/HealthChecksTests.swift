// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import Synchronization
import TLS
import Testing

@Suite struct HealthChecksTests {
    /// Checks an origin that follows `script`, until there were so many verdicts.
    private func verdicts(
        _ count: Int, scheme: String = "http", prologue: [UInt8] = [],
        of script: @escaping Rig.Script,
        configure: @escaping @Sendable (inout HealthChecks.Configuration) -> Void = { _ in }
    ) async throws -> [String?] {
        let loop = try EventLoop(name: "control")
        let found = Verdicts()
        try await onLoop(loop) {
            let address = try listen(on: loop) { try await script($0) }
            let origin = try #require(OriginURL("\(scheme)://\(address)"))
            var settings = ClientConfiguration()
            settings.idlePerOrigin = 0
            settings.prologue = prologue
            let client = try HTTPClient(
                loop: loop, trustedRoots: .system, lookup: NumericLookup(), userAgent: "test",
                configuration: settings)
            var configuration = HealthChecks.Configuration()
            configuration.interval = .milliseconds(5)
            configuration.timeout = .seconds(5)
            configure(&configuration)
            let checks = HealthChecks(
                [origin], configuration: configuration, client: client, lookup: NumericLookup(),
                on: loop)
            let running = loop.spawn {
                await checks.run { verdict in
                    guard verdict.origin == origin else { return }
                    found.add(verdict.fault)
                }
            }
            while found.all.count < count { try await loop.sleep(for: .milliseconds(1)) }
            running.cancel()
            await running.value
        }
        return found.all
    }

    @Test func `an origin is unhealthy after bad answers in a row and healthy after good ones`()
        async throws
    {
        let requests = Counter()
        let found = try await verdicts(3) { origin in
            let head = try await origin.head()
            guard head.hasPrefix("GET /healthz HTTP/1.1\r\n") else { return }
            // Good, bad three times, good again.
            let status = (2...4).contains(requests.next()) ? "503 No" : "204 Yes"
            try await origin.send("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
        } configure: {
            $0.path = "/healthz"
        }
        #expect(found.prefix(3) == [nil, "it answered 503", nil])
        #expect(requests.value >= 6)
    }

    @Test(arguments: [
        (nil, "200 OK", true), (nil, "299 Fine", true), (nil, "302 Found", false),
        (302, "302 Found", true), (302, "200 OK", false),
    ])
    func `good is any 2xx, or the status that was named`(
        status: Int?, answer: String, isHealthy: Bool
    ) async throws {
        let found = try await verdicts(1) { origin in
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 \(answer)\r\nContent-Length: 0\r\n\r\n")
        } configure: {
            $0.status = status
        }
        #expect((found.first == .some(nil)) == isHealthy)
    }

    @Test func `an origin that does not answer in time is unhealthy`() async throws {
        let found = try await verdicts(1) {
            _ = try await $0.rest()
        } configure: {
            $0.timeout = .milliseconds(20)
        }
        #expect(found.first??.isEmpty == false)
    }

    @Test func `a check begins with the PROXY header that the origin expects`() async throws {
        let found = try await verdicts(1, prologue: Array("PROXY UNKNOWN\r\n".utf8)) { origin in
            guard try await origin.read(through: "\r\n") == "PROXY UNKNOWN\r\n" else { return }
            _ = try await origin.head()
            try await origin.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(found.first == .some(nil))
    }

    @Test func `an h2c origin is asked for a connection only`() async throws {
        let asked = Counter()
        let found = try await verdicts(1, scheme: "h2c") { origin in
            if try await !origin.rest().isEmpty { asked.next() }
        }
        #expect(asked.value == 0)
        #expect(found.first == .some(nil))
    }
}

/// Collects, from any thread.
private final class Verdicts: Sendable {
    private let faults = Mutex<[String?]>([])
    func add(_ fault: String?) { faults.withLock { $0.append(fault) } }
    var all: [String?] { faults.withLock { $0 } }
}
