// SPDX-License-Identifier: Apache-2.0

/// `renewal`: when a certificate is replaced.
struct RenewalConfiguration: Equatable, Sendable {
    /// The fraction of its lifetime after which a certificate is renewed. Default: 0.667.
    ///
    /// Where the CA offers renewal information (RFC 9773) its window counts instead.
    var at = 0.667

    enum Key: String, ConfigurationKey {
        case at
    }
}

extension RenewalConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> RenewalConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var renewal = RenewalConfiguration()
        keys.read(
            .at, into: &renewal.at, in: 0.1...0.95, described: "a fraction from 0.1 to 0.95")
        return renewal
    }
}
