// SPDX-License-Identifier: Apache-2.0
import Proxy

/// `forwarding`: how the application is told of the way that a request came.
struct ForwardingConfiguration: Equatable, Sendable {
    /// Whether it gets `Forwarded` (RFC 7239) beside the X-Forwarded fields. Default: false.
    var forwarded = false

    enum Key: String, ConfigurationKey {
        case forwarded
    }
}

extension ForwardingConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ForwardingConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var forwarding = ForwardingConfiguration()
        keys.read(.forwarded, into: &forwarding.forwarded)
        return forwarding
    }
}

/// `hsts`: the Strict-Transport-Security of answers that come without one.
extension StrictTransportSecurity: ConfigurationValue {
    enum Key: String, ConfigurationKey {
        case maxAge = "max_age"
        case includeSubdomains = "include_subdomains"
        case preload
    }

    /// A year, which is what the lists that browsers are shipped with ask for.
    private static let year = Duration.seconds(31_536_000)

    static func read(_ cursor: ConfigurationCursor) -> StrictTransportSecurity? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var policy = StrictTransportSecurity(maxAge: year)
        keys.read(.maxAge, into: &policy.maxAge, in: .zero...year * 10)
        keys.read(.includeSubdomains, into: &policy.includesSubdomains)
        keys.read(.preload, into: &policy.isPreloadable)
        if policy.isPreloadable, !policy.includesSubdomains || policy.maxAge < year {
            keys.cursor(.preload)?.problem(
                "expected include_subdomains: true and a max_age of \"365d\" or more with preload")
        }
        return policy
    }
}

/// `request_headers`, `response_headers`: what is removed from heads, and then added.
extension FieldRules {
    enum Key: String, ConfigurationKey {
        case add
        case remove
    }

    static func read(_ cursor: ConfigurationCursor, for message: Message) -> FieldRules? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var rules = FieldRules(for: message)
        for place in keys.cursor(.remove)?.elements(of: "field names") ?? [] {
            guard let name = String.read(place) else { continue }
            do { try rules.remove(name) } catch { place.expected(error.description) }
        }
        guard let additions = keys.cursor(.add) else { return rules }
        guard case .object(let members) = additions.value.kind else {
            additions.expected("an object with field names as keys")
            return nil
        }
        for member in members {
            let place = additions.member(member)
            guard case .string(let value) = member.value.kind else {
                place.expected("a text in quotes")
                continue
            }
            do { try rules.add(member.name, value) } catch {
                switch error {
                case .invalidValue: place.expected(error.description)
                case .invalidName, .reserved:
                    place.problem(
                        "expected \(error.description), found \(JSON5Value.quoted(member.name))")
                }
            }
        }
        return rules
    }
}
