// SPDX-License-Identifier: Apache-2.0
package import FoundationEssentials
package import TLS

/// One loop's parsed credentials, the least recently used one leaving when it is full.
///
/// Parsing costs about as much as a handshake and a credential 9 KiB, so a loop keeps those in use. Entries
/// are linked in order of use inside one array: a hit moves two indices and allocates nothing.
package struct CredentialCache {
    private struct Entry {
        var name: CertificateName
        /// Nil in a place that is free.
        var credential: Credential?
        var notAfter: Date
        var newer: Int
        var older: Int
    }

    /// How many credentials it holds at most.
    package let capacity: Int
    private var entries: [Entry] = []
    private var places: [CertificateName: Int] = [:]
    private var free: [Int] = []
    private var newest = none
    private var oldest = none

    private static let none = -1

    package init(capacity: Int) {
        precondition(capacity > 0, "a cache of nothing")
        self.capacity = capacity
    }

    package var count: Int { places.count }

    /// The credential of that very name while it is valid.
    package mutating func credential(for name: CertificateName, at now: Date) -> Credential? {
        guard let place = places[name] else { return nil }
        guard entries[place].notAfter > now else {
            remove(name)
            return nil
        }
        if place != newest {
            unlink(place)
            linkNewest(place)
        }
        return entries[place].credential
    }

    /// Adds a credential, or replaces the one of that name.
    package mutating func insert(
        _ credential: Credential, for name: CertificateName, notAfter: Date
    ) {
        remove(name)
        if places.count == capacity { remove(entries[oldest].name) }
        let entry = Entry(
            name: name, credential: credential, notAfter: notAfter, newer: Self.none,
            older: Self.none)
        let place: Int
        if let reused = free.popLast() {
            place = reused
            entries[place] = entry
        } else {
            place = entries.count
            entries.append(entry)
        }
        places[name] = place
        linkNewest(place)
    }

    /// Forgets the credential of that name.
    package mutating func remove(_ name: CertificateName) {
        guard let place = places.removeValue(forKey: name) else { return }
        unlink(place)
        entries[place].credential = nil
        free.append(place)
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (entries[place].newer, entries[place].older)
        if newer == Self.none { newest = older } else { entries[newer].older = older }
        if older == Self.none { oldest = newer } else { entries[older].newer = newer }
    }

    private mutating func linkNewest(_ place: Int) {
        entries[place].newer = Self.none
        entries[place].older = newest
        if newest == Self.none { oldest = place } else { entries[newest].newer = place }
        newest = place
    }
}
