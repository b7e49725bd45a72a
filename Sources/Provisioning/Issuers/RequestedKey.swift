// SPDX-License-Identifier: Apache-2.0
import ACME
package import TLS

/// Whose key is certified, and with which certification request.
package enum RequestedKey: Sendable {
    /// One that was never used before.
    case fresh(KeyKind)
    /// One of ours, with a request that was made for it: PKCS#10 in DER.
    case given(PrivateKey, request: [UInt8])
    /// The client's, known by its request in DER alone: what comes of it cannot be served here.
    case request([UInt8])
}

/// A key with the request that is sent to the CA.
struct KeyMaterial {
    /// Nil when it is the client's.
    let key: PrivateKey?
    /// In DER.
    let request: [UInt8]

    init(_ wanted: IssuanceRequest, by keys: LeafKeys) async throws(TLSError) {
        switch wanted.key {
        case .fresh(let kind):
            let fresh = try await keys.generate(kind)
            request = try CertificateRequest.der(names: wanted.names, key: fresh)
            key = fresh
        case .given(let given, let der):
            key = given
            request = der
        case .request(let der):
            key = nil
            request = der
        }
    }

    /// Whether `leaf` certifies this key.
    func isCertified(by leaf: Certificate) throws(TLSError) -> Bool {
        if let key { return leaf.matches(key) }
        return leaf.matches(try CertificateRequest(der: request))
    }
}
