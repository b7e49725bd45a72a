// SPDX-License-Identifier: Apache-2.0
package import Registry
package import TLS

/// Sites: hosts that are served with one certificate that is linked to them.
extension Lifecycle {
    /// Throws `.conflict` where a host belongs to another account or another site.
    package func createSite(
        _ change: SiteChange, by caller: Caller
    ) async throws(LifecycleError) -> Site {
        throw .unavailable("unwritten")
    }

    package func site(
        _ number: SiteNumber, for caller: Caller
    ) async throws(LifecycleError) -> Site {
        throw .unavailable("unwritten")
    }

    package func sites(
        _ page: PageRequest, for caller: Caller
    ) async throws(LifecycleError) -> Page<Site> {
        throw .unavailable("unwritten")
    }

    package func changeSite(
        _ number: SiteNumber, _ change: SiteChange, ifGeneration: Int? = nil, by caller: Caller
    ) async throws(LifecycleError) -> Site {
        throw .unavailable("unwritten")
    }

    /// Takes a site out of service, when it is in service, and forgets it.
    package func deleteSite(
        _ number: SiteNumber, by caller: Caller
    ) async throws(LifecycleError) {
        throw .unavailable("unwritten")
    }

    /// Links a version, to be served from the next publication on. Throws `.conflict` where another one is
    /// linked, where it does not cover every host, or cannot be served.
    package func link(
        _ version: VersionNumber, to number: SiteNumber, by caller: Caller
    ) async throws(LifecycleError) -> Site {
        throw .unavailable("unwritten")
    }

    /// Takes the link away. What is published stays in service until the next publication.
    package func unlink(
        _ number: SiteNumber, by caller: Caller
    ) async throws(LifecycleError) -> Site {
        throw .unavailable("unwritten")
    }

    /// Keeps a configuration of the site, whose hosts count from its publication on.
    package func addRevision(
        to number: SiteNumber, hosts: [ServerName], document: JSONValue, description: String?,
        by caller: Caller
    ) async throws(LifecycleError) -> (site: Site, revision: Site.Revision) {
        throw .unavailable("unwritten")
    }

    /// Puts the linked version into service for the site's hosts: on every data loop when this returns.
    /// `revision` says with which hosts; nil: with those that it has.
    package func publish(
        _ number: SiteNumber, revision: Int? = nil, by caller: Caller
    ) async throws(LifecycleError) -> (site: Site, publication: Site.Publication) {
        throw .unavailable("unwritten")
    }

    /// Takes the site's hosts out of service: every data loop refuses them when this returns.
    package func unpublish(
        _ number: SiteNumber, by caller: Caller
    ) async throws(LifecycleError) -> (site: Site, publication: Site.Publication) {
        throw .unavailable("unwritten")
    }
}
