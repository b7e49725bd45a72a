// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// Which certificate a host name is served with. A value: what data loops get is a copy that shares
/// everything with its original.
package struct CertificateIndex: Sendable {
    private var best = ShardedMap<CertificateName, StoredCertificate>()
    /// Where several certificates carry one name: all of them, the best one first.
    private var rivals: [CertificateName: [StoredCertificate]] = [:]

    package init() {}

    /// How many names can be served, a wildcard counting as one.
    package var count: Int { best.count }

    /// The certificate for `host` that is valid at `now`: by its exact name, else by the wildcard
    /// that stands for its first label; and the name under which it was found.
    package func certificate(
        for host: ServerName, at now: Date
    ) -> (name: CertificateName, certificate: StoredCertificate)? {
        if let certificate = best[.exact(host)], certificate.notAfter > now {
            return (.exact(host), certificate)
        }
        guard let parent = host.parent,
            let certificate = best[.wildcard(of: parent)], certificate.notAfter > now
        else { return nil }
        return (.wildcard(of: parent), certificate)
    }

    /// Has it served for its `servedNames`, where no better one is.
    package mutating func insert(_ certificate: StoredCertificate) {
        for name in certificate.servedNames {
            guard let present = best[name], present !== certificate else {
                best[name] = certificate
                continue
            }
            var all = rivals[name] ?? [present]
            all.append(certificate)
            all.sort { Self.precedes($0, $1, for: name) }
            rivals[name] = all
            best[name] = all[0]
        }
    }

    package mutating func remove(_ certificate: StoredCertificate) {
        for name in certificate.servedNames {
            guard var all = rivals[name] else {
                if best[name] === certificate { best[name] = nil }
                continue
            }
            all.removeAll { $0 === certificate }
            rivals[name] = all.count > 1 ? all : nil
            best[name] = all.first
        }
    }

    /// The operator's own goes first, then the one that is filed under the very name, then the one
    /// that lasts longest.
    private static func precedes(
        _ left: StoredCertificate, _ right: StoredCertificate, for name: CertificateName
    ) -> Bool {
        func rank(_ certificate: StoredCertificate) -> Int {
            switch certificate.directory {
            case nil: 0
            case name: 1
            default: 2
            }
        }
        return rank(left) == rank(right)
            ? left.notAfter > right.notAfter : rank(left) < rank(right)
    }
}
