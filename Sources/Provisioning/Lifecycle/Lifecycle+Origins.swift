// SPDX-License-Identifier: Apache-2.0
package import Networking
import Registry
import TLS

/// Application URLs: the origins that clients set for domains and sites.
extension Lifecycle {
    /// Says where they may lead from now on. Those that are there already are kept from elsewhere by the
    /// loops that connect to them.
    package func restrictOrigins(to targets: OriginTargets) {
        self.targets = targets
    }

    /// Sends requests for these names where the site that they are published with says; where none does,
    /// where their domains say.
    func tellOrigins(of names: [CertificateName]) async {
        tellings += 1
        var latest: Int
        repeat {
            latest = tellings
            var origins: [CertificateName: [String]] = [:]
            for name in names { origins[name] = await applicationURLs(of: name) }
            originsDidChange(origins)
            // Who began meanwhile may have read what is newer, and told it before this.
        } while latest != tellings
    }

    private func applicationURLs(of name: CertificateName) async -> [String] {
        if case .exact(let host) = name, let site = try? await registry.site(hosting: host),
            site.isPublished, !site.applicationURLs.isEmpty
        {
            return site.applicationURLs
        }
        return (try? await registry.domain(named: name))?.applicationURLs ?? []
    }

    /// Throws `.invalid` for what is no origin's URL, and for one at an address where none may be; what
    /// names stand for counts when they are connected to.
    package func require(applicationURLs urls: [String]) throws(LifecycleError) {
        let field = "application_urls"
        guard urls.count <= Self.applicationURLsMax else {
            throw .invalid(field: field, reason: "at most \(Self.applicationURLsMax) URLs")
        }
        guard Set(urls).count == urls.count else {
            throw .invalid(field: field, reason: "the same URL twice")
        }
        for text in urls {
            guard let url = ApplicationURL(text) else {
                throw .invalid(field: field, reason: ApplicationURL.expected)
            }
            guard let ip = IPAddress(url.host),
                let why = targets.refusal(of: SocketAddress(ip: ip, port: url.port))
            else { continue }
            throw .invalid(field: field, reason: "a URL that leads elsewhere: \(why)")
        }
    }

    package static var applicationURLsMax: Int { 16 }
}
