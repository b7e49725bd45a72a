// SPDX-License-Identifier: Apache-2.0
package import Registry
import Storage
package import TLS

/// Sites: hosts that are served with one certificate that is linked to them.
extension Lifecycle {
    /// Throws `.conflict` where a host belongs to another account or another site.
    package func createSite(
        _ wanted: SiteChange, by caller: Caller
    ) async throws(LifecycleError) -> Site {
        guard let name = wanted.name else {
            throw .invalid(field: "name", reason: "a name")
        }
        try require(wanted)
        return try await change(by: caller) { change in
            let number: SiteNumber = try await change.nextNumber()
            var site = Site(number: number, account: caller.account, name: name, at: change.now)
            try await change.apply(wanted, to: &site)
            site = change.put(site)
            change.record(.siteCreated, about: site)
            return site
        }
    }

    package func site(
        _ number: SiteNumber, for caller: Caller
    ) async throws(LifecycleError) -> Site {
        try await read { () async throws(StorageError) in
            try await registry.site(number)
        }.owned(by: caller, as: "\(number)")
    }

    package func sites(
        _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Site> {
        try await sites(SiteFilter(), page, for: caller)
    }

    package func sites(
        _ filter: SiteFilter, _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Site> {
        try await read { () async throws(StorageError) in
            try await registry.sites(filter, of: caller.account, page)
        }
    }

    /// Hosts of a site that is published are changed by a revision and its publication.
    package func changeSite(
        _ number: SiteNumber, _ wanted: SiteChange, ifGeneration: Int? = nil, by caller: Caller
    ) async throws(LifecycleError) -> Site {
        try require(wanted)
        let site = try await change(by: caller) { change in
            var site = try await change.site(number).owned(by: caller, as: "\(number)")
            try site.requireGeneration(ifGeneration)
            if let hosts = wanted.hosts, site.isPublished, Set(hosts) != Set(site.hosts) {
                throw LifecycleError.conflict(
                    "it is published: add a revision with these hosts, and publish that")
            }
            try await change.apply(wanted, to: &site)
            if let linked = site.linkedVersion {
                try await change.requireCover(of: site.hosts, by: linked)
            }
            site = change.put(site)
            change.record(.siteChanged, about: site)
            return site
        }
        if site.isPublished { await tellOrigins(of: site.hosts.map { .exact($0) }) }
        return site
    }

    /// Takes a site out of service, when it is in service, and forgets it.
    package func deleteSite(
        _ number: SiteNumber, by caller: Caller
    ) async throws(LifecycleError) {
        let site = try await site(number, for: caller)
        if site.isPublished { _ = try await unpublish(number, by: caller) }
        try await change(by: caller) { change in
            let site = try await change.site(number).owned(by: caller, as: "\(number)")
            change.remove(site)
            change.record(.siteDeleted, about: site)
        }
    }

    /// Links a version, to be served from the next publication on. Throws `.conflict` where another one is
    /// linked, where it does not cover every host, or cannot be served.
    package func link(
        _ version: VersionNumber, to number: SiteNumber, by caller: Caller
    ) async throws(LifecycleError) -> Site {
        let wanted = try await self.version(version, for: caller)
        try requireUsable(wanted)
        guard wanted.hasKey else { throw .keyUnavailable(version) }
        return try await change(by: caller) { change in
            var site = try await change.site(number).owned(by: caller, as: "\(number)")
            if site.linkedVersion == version { return site }
            if let linked = site.linkedVersion {
                throw LifecycleError.conflict(
                    "only one certificate can be linked to a site: version \(linked) is")
            }
            try await change.requireCover(of: site.hosts, by: version)
            site.linkedVersion = version
            site = change.put(site)
            change.record(.siteLinked, about: site)
            return site
        }
    }

    /// Takes the link away. What is published stays in service until the next publication.
    package func unlink(
        _ number: SiteNumber, by caller: Caller
    ) async throws(LifecycleError) -> Site {
        try await change(by: caller) { change in
            var site = try await change.site(number).owned(by: caller, as: "\(number)")
            guard site.linkedVersion != nil else { return site }
            site.linkedVersion = nil
            site = change.put(site)
            change.record(.siteUnlinked, about: site)
            return site
        }
    }

    /// Keeps a configuration of the site, whose hosts count from its publication on.
    package func addRevision(
        to number: SiteNumber, hosts: [ServerName], document: JSONValue, description: String?,
        by caller: Caller
    ) async throws(LifecycleError) -> (site: Site, revision: Site.Revision) {
        try Self.require(hosts: hosts)
        return try await change(by: caller) { change in
            var site = try await change.site(number).owned(by: caller, as: "\(number)")
            let revision = Site.Revision(
                number: (site.revisions.last?.number ?? 0) + 1, hosts: hosts, document: document,
                description: description, createdAt: change.now)
            guard revision.recordBytes <= Site.revisionBytesMax else {
                throw LifecycleError.invalid(
                    field: "document", reason: "at most \(Site.revisionBytesMax) bytes")
            }
            site.append(revision)
            if !site.isPublished {
                site.hosts = hosts
                try await change.claim(hosts)
            }
            site = change.put(site)
            change.record(.siteChanged, about: site)
            return (site: site, revision: revision)
        }
    }

    // MARK: Which sites

    /// Those that are linked to a version of `certificate`, and so get its next one.
    func sites(
        linkedTo certificate: ManagedCertificate
    ) async throws(LifecycleError) -> [Site] {
        let versions = Set(certificate.versions)
        return try await sites(of: certificate.account) {
            $0.linkedVersion.map(versions.contains) ?? false
        }
    }

    /// Those that are linked to one of these versions, or serve it.
    func sites(
        using versions: Set<VersionNumber>, of account: String
    ) async throws(LifecycleError) -> [Site] {
        try await sites(of: account) { site in
            [site.linkedVersion, site.publishedVersion].contains { used in
                used.map(versions.contains) ?? false
            }
        }
    }

    private func sites(
        of account: String, where isWanted: (Site) -> Bool
    ) async throws(LifecycleError) -> [Site] {
        var sites: [Site] = []
        var page = PageRequest(limit: configuration.batch)
        while true {
            let found = try await read { () async throws(StorageError) in
                try await registry.sites(of: account, page)
            }
            sites += found.elements.filter(isWanted)
            guard let next = found.next else { return sites }
            page.after = next
        }
    }

    func requireUnlinked(_ number: VersionNumber) async throws(LifecycleError) {
        let version = try await read { () async throws(StorageError) in
            try await registry.version(number)
        }
        guard let version else { return }
        if let site = try await sites(using: [number], of: version.account).first {
            throw .conflict("it is linked to site \(site.number)")
        }
    }

    func requireUnpublished(_ number: VersionNumber) async throws(LifecycleError) {
        let version = try await read { () async throws(StorageError) in
            try await registry.version(number)
        }
        guard let version else { return }
        let sites = try await sites(of: version.account) { $0.publishedVersion == number }
        if let site = sites.first {
            throw .conflict("site \(site.number) is served with it: link and publish another one")
        }
    }

    // MARK: Checks

    private func require(_ wanted: SiteChange) throws(LifecycleError) {
        if let name = wanted.name, name.isEmpty || name.utf8.count > Self.siteNameBytesMax {
            throw .invalid(field: "name", reason: "1 to \(Self.siteNameBytesMax) bytes")
        }
        if let hosts = wanted.hosts { try Self.require(hosts: hosts) }
        try require(applicationURLs: wanted.applicationURLs ?? [])
    }

    private static func require(hosts: [ServerName]) throws(LifecycleError) {
        guard hosts.count <= Site.hostsMax else {
            throw .invalid(field: "hosts", reason: "at most \(Site.hostsMax) hosts")
        }
        guard Set(hosts).count == hosts.count else {
            throw .invalid(field: "hosts", reason: "the same host twice")
        }
    }

    /// 253 characters of any language.
    private static var siteNameBytesMax: Int { 4 * 253 }
}

extension RegistryDraft {
    fileprivate func apply(_ wanted: SiteChange, to site: inout Site) async throws {
        if let name = wanted.name { site.name = name }
        if let hosts = wanted.hosts {
            site.hosts = hosts
            try await claim(hosts)
        }
        if let urls = wanted.applicationURLs { site.applicationURLs = urls }
        if let reference = wanted.clientReference { site.clientReference = reference }
        if let compatibility = wanted.compatibility { site.compatibility = compatibility }
    }

    func claim(_ hosts: [ServerName]) async throws {
        try await claim(hosts.map { CertificateName.exact($0) })
    }

    /// Throws `.conflict` naming the hosts that a version does not cover.
    func requireCover(of hosts: [ServerName], by number: VersionNumber) async throws {
        guard let version = try await version(number) else {
            throw LifecycleError.notFound(.version, "\(number)")
        }
        let missing = hosts.filter { host in !version.names.contains { $0.covers(host) } }
        guard missing.isEmpty else {
            throw LifecycleError.conflict(
                "version \(number) does not cover \(missing.map(\.text).joined(separator: ", "))")
        }
    }
}
