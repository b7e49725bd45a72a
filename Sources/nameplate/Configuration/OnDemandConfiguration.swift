// SPDX-License-Identifier: Apache-2.0
import HTTP

/// `on_demand`: certificates obtained while the first visitor waits, and the bounds of that.
struct OnDemandConfiguration: Equatable, Sendable {
    /// Default: true.
    var enabled = true
    /// How long a handshake waits for its certificate at most. Default: 10 s.
    var hold = Duration.seconds(10)
    /// Asked `GET ?domain=NAME` before any DNS; 2xx allows. Default: nobody is asked.
    var ask: HTTPURL?
    /// Only names that were registered with us. Default: false.
    var registeredOnly = false
    /// Handshakes that wait at once. Default: 10,000.
    var held = 10_000
    /// Of those, for one name. Default: 100.
    var heldPerName = 100
    /// Of those, from one client address. Default: 256.
    var heldPerSource = 256
    /// Provisions under way at once. Default: 256.
    var flights = 256
    /// Names never seen before that are looked into in a minute. Default: 1,000.
    var newNamesPerMinute = 1000

    enum Key: String, ConfigurationKey {
        case enabled
        case hold
        case ask
        case registeredOnly = "registered_only"
        case held
        case heldPerName = "held_per_name"
        case heldPerSource = "held_per_source"
        case flights
        case newNamesPerMinute = "new_names_per_minute"
    }
}

extension OnDemandConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> OnDemandConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var onDemand = OnDemandConfiguration()
        keys.read(.enabled, into: &onDemand.enabled)
        keys.read(.hold, into: &onDemand.hold, in: .milliseconds(100) ... .seconds(120))
        keys.read(.ask, into: &onDemand.ask)
        keys.read(.registeredOnly, into: &onDemand.registeredOnly)
        keys.read(.held, into: &onDemand.held, in: 1...1_000_000)
        keys.read(.heldPerName, into: &onDemand.heldPerName, in: 1...1_000_000)
        keys.read(.heldPerSource, into: &onDemand.heldPerSource, in: 1...1_000_000)
        keys.read(.flights, into: &onDemand.flights, in: 1...10_000)
        keys.read(.newNamesPerMinute, into: &onDemand.newNamesPerMinute, in: 1...1_000_000)
        return onDemand
    }
}
