// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TLS

/// An element of `certificates`: a pair that the operator obtained and looks after.
struct OperatorCertificate: Sendable {
    /// Chain and key in PEM, seen to match.
    let chain: [UInt8]
    let key: [UInt8]
    let notAfter: Date
    /// Where the chain was read from, for messages.
    let chainPath: String
    /// Whether handshakes without a name, or with one we do not serve, get this one.
    let isDefault: Bool

    enum Key: String, ConfigurationKey {
        case chain
        case key
        case isDefault = "default"
    }
}

extension OperatorCertificate: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> OperatorCertificate? {
        guard let keys = cursor.object(Key.self) else { return nil }
        let chainFile: TextFile? = keys.require(
            .chain, "a PEM file, the server's certificate first")
        let keyFile: TextFile? = keys.require(.key, "a PEM file with the certificate's private key")
        var isDefault = false
        keys.read(.isDefault, into: &isDefault)
        guard let chainFile, let keyFile else { return nil }

        var chain: CertificateChain?
        do throws(TLSError) { chain = try CertificateChain(pem: chainFile.bytes) } catch {
            keys.cursor(.chain)?.problem(
                "expected PEM certificates in \(JSON5Value.quoted(chainFile.path)), found: \(error)"
            )
        }
        var key: PrivateKey?
        do throws(TLSError) { key = try PrivateKey(pem: keyFile.bytes) } catch {
            keys.cursor(.key)?.problem(
                "expected a PEM key in \(JSON5Value.quoted(keyFile.path)), found: \(error)")
        }
        guard let chain, let key else { return nil }
        guard chain.leaf.matches(key) else {
            keys.cursor(.key)?.problem(
                "expected the key of the first certificate in "
                    + "\(JSON5Value.quoted(chainFile.path)), found another key")
            return nil
        }
        return OperatorCertificate(
            chain: chainFile.bytes, key: keyFile.bytes, notAfter: chain.leaf.notAfter,
            chainPath: chainFile.path, isDefault: isDefault)
    }
}
