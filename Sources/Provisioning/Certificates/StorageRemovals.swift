// SPDX-License-Identifier: Apache-2.0
package import TLS

/// Which directories were removed while somebody read in storage.
///
/// A handshake may read a pair just before its directory is removed, and would put it back into
/// service just after. Nothing is kept while nobody reads.
package struct StorageRemovals: Sendable {
    /// The moment at which a reading began, as a number of removals.
    package struct Mark: Sendable {
        fileprivate let count: Int
    }

    private var count = 0
    private var readers = 0
    /// By the number of the removal.
    private var removed: [CertificateName: Int] = [:]

    package init() {}

    /// Every reading that is begun is to be ended.
    package mutating func beginReading() -> Mark {
        readers += 1
        return Mark(count: count)
    }

    /// Which of `directories` were removed since the reading began.
    package mutating func endReading(
        of directories: [CertificateName], since mark: Mark
    ) -> Set<CertificateName> {
        defer {
            readers -= 1
            if readers == 0 { removed = [:] }
        }
        return Set(directories.filter { removed[$0, default: 0] > mark.count })
    }

    package mutating func note(_ directory: CertificateName) {
        count += 1
        if readers > 0 { removed[directory] = count }
    }
}
