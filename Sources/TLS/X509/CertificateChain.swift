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
        guard let leaf = all.first else { throw .unusable("there is no certificate in it") }
        var rest = all.dropFirst().filter { $0 != leaf }
        var path = [leaf]
        while let last = path.last,
            let next = rest.firstIndex(where: { last.isIssued(by: $0) && last != $0 })
        {
            path.append(rest.remove(at: next))
            rest.removeAll { $0 == path.last }
        }
        self.init(leaf: leaf, intermediates: Array(path.dropFirst()))
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
        ERR_clear_error()
        let input = try MemoryBIO(pem)
        var all: [Certificate] = []
        while let handle = PEM_read_bio_X509(input.bio, nil, nil, nil) {
            all.append(try Certificate(owning: handle))
            guard all.count <= certificatesMax else {
                throw .unusable("more than \(certificatesMax) certificates")
            }
        }
        let stack = ErrorStack.take()
        // The end of the text is an error like any other, and the only one that is none.
        let isEnd = stack.library == ERR_LIB_PEM && stack.reason == PEM_R_NO_START_LINE
        guard isEnd else { throw .unusable("not a certificate in PEM", because: stack) }
        return all
    }

    private static let certificatesMax = 32
}
