// SPDX-License-Identifier: Apache-2.0
import Networking

/// `management.origins`: where clients of the API may have requests sent, by a domain's or a site's
/// `application_urls`.
struct RegisteredOriginsConfiguration: Equatable, Sendable {
    /// Default: everywhere but to link-local addresses, clouds' metadata and where we listen ourselves,
    /// which is refused whatever is allowed. Clients are the operator's own systems, and so are the private
    /// networks that they name.
    var allow: [OriginTargets.Scope]?

    enum Key: String, ConfigurationKey {
        case allow
    }
}

extension RegisteredOriginsConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> RegisteredOriginsConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var origins = RegisteredOriginsConfiguration()
        keys.read(.allow, into: &origins.allow)
        return origins
    }
}

extension OriginTargets.Scope: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> OriginTargets.Scope? {
        guard case .string(let text) = cursor.value.kind else {
            cursor.expected(example)
            return nil
        }
        if text == "public" { return .public }
        guard let block = AddressBlock(text) else {
            cursor.expected(example)
            return nil
        }
        return .block(block)
    }

    private static let example = "\"public\", an address or a block such as \"10.0.0.0/8\""
}

extension OriginTargets {
    /// As a configuration has it, with the ports that it has.
    init(_ configuration: Configuration) {
        let listen = configuration.listen
        self.init(
            allowed: configuration.management?.origins.allow,
            listeners: listen.https + listen.http
                + [configuration.management?.listen].compactMap(\.self)
                + (configuration.challengeZone?.listen ?? []))
    }
}
