// SPDX-License-Identifier: Apache-2.0
package import Registry
import Storage
import TLS

extension Lifecycle {
    /// Puts the linked version into service for the site's hosts: on every data loop when this returns.
    /// `revision` says with which hosts; nil: with those that it has. Without a link its hosts are served
    /// with whatever else there is for them.
    ///
    /// A publication that failed says so; what was in service still is then.
    package func publish(
        _ number: SiteNumber, revision: Int? = nil, by caller: Caller
    ) async throws(LifecycleError) -> (site: Site, publication: Site.Publication) {
        let site = try await site(number, for: caller)
        let hosts = try site.hosts(of: revision)
        var servable: Servable?
        if let linked = site.linkedVersion {
            let version = try await version(linked, for: caller)
            try requireUsable(version)
            let found = try await self.servable(version)
            guard found.covers(hosts) else {
                throw .conflict("version \(linked) does not cover every host")
            }
            servable = found
        }
        let gone = site.isPublished ? site.hosts.filter { !hosts.contains($0) } : []
        let isWithoutLink = servable == nil && site.publishedVersion != nil
        let unserved = gone + (isWithoutLink ? hosts : [])
        let served = servable
        let made: (site: Site, names: Set<CertificateName>)
        do throws(LifecycleError) {
            try await requireOwn(hosts, number, by: caller)
            let left = try await versionLeft(by: site, for: served?.version.number)
            made = try await changeService(
                of: (hosts + gone).map { .exact($0) }, by: caller
            ) { () async throws(LifecycleError) in
                if let served { try await install(served, as: hosts.map { .exact($0) }) }
                for host in unserved { try await uninstall(.exact(host)) }
            } commit: { change, _ in
                var site = try await change.site(number).owned(by: caller, as: "\(number)")
                try await change.claim(hosts)
                let readmitted = try await change.readmit(hosts.map { .exact($0) })
                let before = site.publishedVersion
                site.hosts = hosts
                site.append(
                    Site.Publication(
                        number: site.nextPublication, revision: revision,
                        version: served?.version.number, isActive: true, state: .accepted,
                        detail: nil, at: change.now))
                site.publishedVersion = served?.version.number
                site = change.put(site)
                change.record(.sitePublished, about: site)
                try await change.serve(served, on: hosts, insteadOf: before)
                if let left { try await change.leave(left) }
                return (site: site, names: readmitted)
            }
        } catch {
            switch error {
            case .unavailable(let why), .unfit(_, .unsuitable(let why)):
                return try await notePublication(of: number, revision, failing: why, by: caller)
            default: throw error
            }
        }
        await provisioner.restore(made.names)
        await tellOrigins(of: (made.site.hosts + gone).map { .exact($0) })
        guard let publication = made.site.publications.last else {
            throw .unavailable("a publication was not kept")
        }
        return (made.site, publication)
    }

    /// Takes the site's hosts out of service: every data loop refuses them when this returns, until it is
    /// published again.
    package func unpublish(
        _ number: SiteNumber, by caller: Caller
    ) async throws(LifecycleError) -> (site: Site, publication: Site.Publication) {
        let before = try await site(number, for: caller)
        guard before.isPublished else { throw .conflict("it is not published") }
        let left = try await versionLeft(by: before, for: nil)
        let names: [CertificateName] = before.hosts.map { .exact($0) }
        let site = try await change(by: caller) { change in
            var site = try await change.site(number).owned(by: caller, as: "\(number)")
            site.unpublish(at: change.now)
            site = change.put(site)
            for name in names { change.withdraw(name) }
            change.unsettle(names)
            change.record(.siteUnpublished, about: site)
            try await change.serve(nil, on: before.hosts, insteadOf: before.publishedVersion)
            if let left { try await change.leave(left) }
            return site
        }
        await provisioner.withdraw(Set(names))
        try await removeFiles(of: names)
        try await change(by: caller.midway) { $0.settle(names) }
        await tellOrigins(of: names)
        guard let publication = site.publications.last else {
            throw .unavailable("a publication was not kept")
        }
        return (site, publication)
    }

    /// Throws `.conflict` where a host belongs to another account or another site.
    private func requireOwn(
        _ hosts: [ServerName], _ number: SiteNumber, by caller: Caller
    ) async throws(LifecycleError) {
        for host in hosts {
            let (domain, site) = try await read { () async throws(StorageError) in
                (
                    try await registry.domain(coveringOrNamed: host),
                    try await registry.site(hosting: host)
                )
            }
            if let domain, domain.account != caller.account {
                throw .conflict("\(host) belongs to another account")
            }
            if let site, site.number != number {
                throw .conflict("\(host) belongs to another site")
            }
        }
    }

    private func notePublication(
        of number: SiteNumber, _ revision: Int?, failing why: String, by caller: Caller
    ) async throws(LifecycleError) -> (site: Site, publication: Site.Publication) {
        try await change(by: caller) { change in
            var site = try await change.site(number).owned(by: caller, as: "\(number)")
            let publication = Site.Publication(
                number: site.nextPublication, revision: revision, version: site.linkedVersion,
                isActive: true, state: .failed, detail: why, at: change.now)
            site.append(publication)
            site = change.put(site)
            change.record(.sitePublicationFailed, about: site)
            return (site: site, publication: publication)
        }
    }

    /// The version that a site is served with, where that is another one than `next` and no other site has
    /// it.
    private func versionLeft(
        by site: Site, for next: VersionNumber?
    ) async throws(LifecycleError) -> VersionNumber? {
        guard let number = site.publishedVersion, number != next else { return nil }
        let users = try await sites(using: [number], of: site.account)
        let isElsewhere = users.contains {
            $0.number != site.number && $0.publishedVersion == number
        }
        return isElsewhere ? nil : number
    }
}

extension Site {
    /// The hosts that a publication of `revision` is for; nil: those that it has.
    fileprivate func hosts(of revision: Int?) throws(LifecycleError) -> [ServerName] {
        guard let revision else { return hosts }
        guard let found = revisions.first(where: { $0.number == revision }) else {
            throw .invalid(field: "revision", reason: "the site has no revision \(revision)")
        }
        return found.hosts
    }
}

extension RegistryDraft {
    /// Notes that no site is served with a version any more.
    fileprivate func leave(_ number: VersionNumber) async throws {
        guard let version = try await version(number),
            let certificate = try await certificate(version.certificate),
            certificate.activation == .sites
        else { return }
        try await supersede(number)
    }

    /// Notes with what a site's hosts are served.
    fileprivate func serve(
        _ servable: Lifecycle.Servable?, on hosts: [ServerName], insteadOf before: VersionNumber?
    ) async throws {
        guard let servable else {
            guard let before, let version = try await version(before) else { return }
            for host in hosts { try await release(.exact(host), from: version.certificate) }
            return
        }
        for host in hosts { try await secure(.exact(host), with: servable.certificate.number) }
        guard var version = try await version(servable.version.number), version.state != .active
        else { return }
        version.state = .active
        version = put(version)
        record(.versionActivated, about: version)
    }
}
