// SPDX-License-Identifier: Apache-2.0
import HTTP
import Proxy

/// `origin.health`: how origins are asked whether they are well.
struct HealthConfiguration: Equatable, Sendable {
    var checks = HealthChecks.Configuration()

    enum Key: String, ConfigurationKey {
        case path
        case interval
        case timeout
        case unhealthyAfter = "unhealthy_after"
        case healthyAfter = "healthy_after"
        case status
    }
}

extension HealthConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> HealthConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var health = HealthConfiguration()
        let times = Duration.milliseconds(10) ... .seconds(3600)
        if let path: String = keys.read(.path) {
            health.checks.path = path
            if HTTPURL("http://127.0.0.1")?.with(target: path) == nil {
                keys.cursor(.path)?.expected("a path such as \"/healthz\"")
            }
        }
        keys.read(.interval, into: &health.checks.interval, in: times)
        keys.read(.timeout, into: &health.checks.timeout, in: times)
        keys.read(.unhealthyAfter, into: &health.checks.unhealthyAfter, in: 1...100)
        keys.read(.healthyAfter, into: &health.checks.healthyAfter, in: 1...100)
        if keys.cursor(.status) != nil {
            var status = 200
            keys.read(.status, into: &status, in: 200...599)
            health.checks.status = status
        }
        return health
    }
}
