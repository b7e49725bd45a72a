// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The issuers' certificates of a process: thousands of leaves have a handful of them, so each is
/// parsed and kept once. May be used from any thread.
package final class IssuerPool: Sendable {
    /// What stands behind the leaf in files, put in order by the index of the first that counts.
    private struct Shelf {
        let certificates: [Certificate]
        var chains: [Int: IssuerChain] = [:]
    }

    /// By the DER of all of them together, in the order of the file.
    private let shelves = Mutex<[[UInt8]: Shelf]>([:])

    /// How many different ones are shared; with more, it starts anew.
    private static let shelvesMax = 1024

    package init() {}

    /// The chain above `leaf` out of the certificates that follow it in its file.
    func chain(above leaf: Certificate, from others: [[UInt8]]) throws(TLSError) -> IssuerChain {
        let contents = Array(others.joined())
        var shelf = try shelf(contents, others)
        let first = shelf.certificates.firstIndex(where: leaf.isIssued)
        if let known = shelf.chains[first ?? -1] { return known }
        var path: [Certificate] = []
        if let first {
            let certificate = shelf.certificates[first]
            path =
                [certificate]
                + CertificateChain.path(
                    from: certificate, through: shelf.certificates)
        }
        let chain = try IssuerChain(path)
        shelf.chains[first ?? -1] = chain
        put(shelf, for: contents)
        return chain
    }

    private func shelf(_ contents: [UInt8], _ encoded: [[UInt8]]) throws(TLSError) -> Shelf {
        if let known = shelves.withLock({ $0[contents] }) { return known }
        var certificates: [Certificate] = []
        for der in encoded { certificates.append(try Certificate(der: der)) }
        return Shelf(certificates: certificates)
    }

    private func put(_ shelf: Shelf, for contents: [UInt8]) {
        shelves.withLock { shelves in
            if shelves.count >= Self.shelvesMax { shelves.removeAll() }
            shelves[contents] = shelf
        }
    }
}
