// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TLS

/// A chain and its key that were read from two PEM files, and were seen to match.
struct CertificatePair: Sendable {
    /// In PEM.
    let chain: [UInt8]
    let key: [UInt8]
    let credential: Credential
    /// Where the chain was read from, for messages.
    let chainPath: String

    var notAfter: Date { credential.leaf.notAfter }

    enum Key: String, ConfigurationKey {
        case chain
        case key
    }

    /// Reads the pair whose files these two keys name.
    static func read<Key>(
        _ keys: ConfigurationObject<Key>, chain chainKey: Key, key keyKey: Key
    ) -> CertificatePair? {
        let chainFile: TextFile? = keys.require(
            chainKey, "a PEM file, the server's certificate first")
        let keyFile: TextFile? = keys.require(
            keyKey, "a PEM file with the certificate's private key")
        guard let chainFile, let keyFile else { return nil }

        var chain: CertificateChain?
        do throws(TLSError) { chain = try CertificateChain(pem: chainFile.bytes) } catch {
            keys.cursor(chainKey)?.problem(
                "expected PEM certificates in \(JSON5Value.quoted(chainFile.path)), found: \(error)"
            )
        }
        var key: PrivateKey?
        do throws(TLSError) { key = try PrivateKey(pem: keyFile.bytes) } catch {
            keys.cursor(keyKey)?.problem(
                "expected a PEM key in \(JSON5Value.quoted(keyFile.path)), found: \(error)")
        }
        guard let chain, let key else { return nil }
        guard let credential = try? Credential(chain: chain, key: key) else {
            keys.cursor(keyKey)?.problem(
                "expected the key of the first certificate in "
                    + "\(JSON5Value.quoted(chainFile.path)), found another key")
            return nil
        }
        return CertificatePair(
            chain: chainFile.bytes, key: keyFile.bytes, credential: credential,
            chainPath: chainFile.path)
    }
}

extension CertificatePair: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> CertificatePair? {
        cursor.object(Key.self).flatMap { read($0, chain: .chain, key: .key) }
    }
}
