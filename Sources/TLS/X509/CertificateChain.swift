// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A leaf and the certificates that lead from it towards a root.
package struct CertificateChain: Sendable {
    package let leaf: Certificate
    /// Each signed the one before it.
    package let intermediates: [Certificate]

    package init(leaf: Certificate, intermediates: [Certificate] = []) {
        self.leaf = leaf
        self.intermediates = intermediates
    }

    /// Reads certificates in PEM, leaf first. The rest may be in any order: each is put behind the one
    /// that it signed. Repeated certificates are dropped; so is what leads nowhere.
    package init(pem: [UInt8]) throws(TLSError) {
        let all = try Self.certificates(in: pem)
        guard let leaf = all.first else { throw .unusable(Self.nothingInIt) }
        self.init(leaf: leaf, intermediates: Self.path(from: leaf, through: all))
    }

    /// Those of `others` that lead from `first` towards a root, each behind the one that it signed.
    static func path(from first: Certificate, through others: [Certificate]) -> [Certificate] {
        var path = [first]
        var rest = others.filter { $0 != first }
        while let last = path.last, let next = rest.firstIndex(where: { last.isIssued(by: $0) }) {
            path.append(rest.remove(at: next))
            rest.removeAll { $0 == path.last }
        }
        return Array(path.dropFirst())
    }

    /// Leaf first, one certificate after the other.
    package var pem: [UInt8] {
        get throws(TLSError) {
            var text = try leaf.pem
            for certificate in intermediates { text += try certificate.pem }
            return text
        }
    }

    static func certificates(in pem: [UInt8]) throws(TLSError) -> [Certificate] {
        var all: [Certificate] = []
        for der in try encoded(in: pem) { all.append(try Certificate(der: der)) }
        return all
    }

    /// The DER of the certificates in a PEM text, in its order.
    static func encoded(in pem: [UInt8]) throws(TLSError) -> [[UInt8]] {
        var reader = try PEMReader(pem)
        var all: [[UInt8]] = []
        while true {
            let next = try reader.next("a certificate") { part throws(TLSError) -> [UInt8]? in
                switch part.label {
                case PEM_STRING_X509, PEM_STRING_X509_OLD: Array(part.bytes)
                case PEM_STRING_X509_TRUSTED: try untrusted(part.bytes)
                default: nil
                }
            }
            guard let next else { return all }
            guard let der = next else { continue }
            all.append(der)
            guard all.count <= certificatesMax else {
                throw .unusable("more than \(certificatesMax) certificates")
            }
        }
    }

    /// The certificate in a `TRUSTED CERTIFICATE`, without what OpenSSL puts behind it.
    private static func untrusted(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(TLSError) -> [UInt8] {
        var next = bytes.baseAddress
        guard let handle = d2i_X509_AUX(nil, &next, bytes.count) else {
            throw .unusable("not a certificate in PEM", because: .take())
        }
        defer { X509_free(handle) }
        return try TLS.der("i2d_X509") { i2d_X509(handle, $0) }
    }

    static let nothingInIt = "there is no certificate in it"

    private static let certificatesMax = 32
}
