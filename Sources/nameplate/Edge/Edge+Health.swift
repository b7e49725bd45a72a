// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy

/// How a running edge learns which origins are well: it asks on the control loop, and tells the data
/// loops when the answer is another one.
extension Edge {
    /// The health checks that a configuration wants; nil: none.
    func healthChecks(_ configuration: Configuration) throws(EdgeError) -> HealthChecks? {
        guard let health = configuration.origin.health else { return nil }
        let control = foundation.control
        let lookup = configuration.hostLookup(with: configuration.resolver(on: control))
        var settings = ClientConfiguration()
        settings.idlePerOrigin = 0
        settings.prologue = configuration.origin.proxyProtocol?.ownHeader ?? []
        let client = try HTTPClient.make(
            on: control, roots: configuration.originRoots, lookup: lookup, settings)
        return HealthChecks(
            Array(configuration.origins), configuration: health.checks, client: client,
            lookup: lookup, on: control)
    }

    /// Runs these checks in place of those that run now.
    func run(_ checks: HealthChecks?) {
        checking?.cancel()
        checking = checks.map { checks in
            foundation.control.spawn { [log, loops] in
                await checks.run { verdict in
                    log.note(verdict)
                    let isHealthy = verdict.fault == nil
                    for edgeLoop in loops {
                        edgeLoop.loop.execute {
                            edgeLoop.value.checked(verdict.origin, isHealthy: isHealthy)
                        }
                    }
                }
            }
        }
    }
}

extension ProxyProtocolVersion {
    /// What begins a connection of our own.
    fileprivate var ownHeader: [UInt8] {
        var buffer = ByteBuffer()
        ProxyHeader(nil).append(version, to: &buffer)
        return buffer.take(buffer.readableCount)
    }
}

extension Log {
    fileprivate func note(_ verdict: HealthChecks.Verdict) {
        let origin = LogLine.Value.text("\(verdict.origin)")
        if let fault = verdict.fault {
            warning("an origin is unhealthy", ["origin": origin, "reason": .text(fault)])
        } else {
            info("an origin is healthy", ["origin": origin])
        }
    }
}
