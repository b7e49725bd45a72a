// SPDX-License-Identifier: Apache-2.0

/// Certificates that somebody brought, put in the order in which a handshake presents them.
package struct ChainAssembly: Sendable {
    package let chain: CertificateChain
    /// The authority whose certificate is not among them and would have to be; nil: none is missing.
    package let missingIssuer: String?
    /// What has no part in the leaf's chain.
    package let unrelated: [Certificate]

    /// Puts `others` behind `leaf`, each behind the one that it signed. What is there twice counts once.
    ///
    /// A chain that ends below its root is whole, for clients have the root; a leaf alone is not, unless
    /// it signed itself. Another certificate for the key of one in the chain, such as a cross-signed
    /// root, is neither unrelated nor kept, and so is who signed that.
    package init(leaf: Certificate, others: [Certificate]) {
        var path = [leaf]
        var rest: [Certificate] = []
        for other in others where other != leaf && !rest.contains(other) { rest.append(other) }
        while let last = path.last, !last.isSelfSigned,
            let next = rest.firstIndex(where: { last.isSigned(by: $0) })
        {
            path.append(rest.remove(at: next))
        }
        var related = path
        while let spare = rest.firstIndex(where: { spare in
            related.contains { $0.isSigned(by: spare) }
        }) {
            related.append(rest.remove(at: spare))
        }
        chain = CertificateChain(leaf: leaf, intermediates: Array(path.dropFirst()))
        let top = path[path.count - 1]
        let isWhole =
            top.isSelfSigned || (path.count > 1 && !rest.contains { $0.isSelfSigned })
        missingIssuer = isWhole ? nil : top.issuerCommonName ?? "an authority without a name"
        unrelated = rest
    }
}
