// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// An element of `certificates`: a pair that the operator obtained and looks after.
struct OperatorCertificate: Sendable {
    let pair: CertificatePair
    /// Whether handshakes without a name, or with one we do not serve, get this one.
    let isDefault: Bool

    var chain: [UInt8] { pair.chain }
    var key: [UInt8] { pair.key }
    var notAfter: Date { pair.notAfter }
    var chainPath: String { pair.chainPath }

    enum Key: String, ConfigurationKey {
        case chain
        case key
        case isDefault = "default"
    }
}

extension OperatorCertificate: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> OperatorCertificate? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var isDefault = false
        keys.read(.isDefault, into: &isDefault)
        return CertificatePair.read(keys, chain: .chain, key: .key).map {
            OperatorCertificate(pair: $0, isDefault: isDefault)
        }
    }
}
