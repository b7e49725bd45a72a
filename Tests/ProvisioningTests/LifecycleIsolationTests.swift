// SPDX-License-Identifier: Apache-2.0
import Networking
@testable import Provisioning
import Registry
import Testing
import TLS

/// What one client does reaches nobody else's names, nor what only we can reach.
@Suite struct LifecycleIsolationTests {
    private let me = LifecycleRig.caller
    private let stranger = LifecycleRig.stranger

    /// A site with these hosts that is served with a pair for `names`.
    private func publish(
        _ hosts: [String], with names: [String], on rig: LifecycleRig, by caller: Caller
    ) async throws -> (site: SiteNumber, serial: String?) {
        let pair = try rig.edge.issuer.pair(names.map { CertificateName($0)! })
        var upload = VersionUpload(certificate: text(try pair.chain.pem))
        upload.privateKey = text(try pair.key.pem)
        upload.activation = .sites
        let version = try await rig.lifecycle.upload(upload, by: caller)
        var wanted = SiteChange()
        wanted.name = "shop"
        wanted.hosts = hosts.map { name($0) }
        let site = try await rig.lifecycle.createSite(wanted, by: caller).number
        _ = try await rig.lifecycle.link(version.number, to: site, by: caller)
        _ = try await rig.lifecycle.publish(site, by: caller)
        return (site, version.serial)
    }

    @Test func `what the operator has a certificate for is no account's to claim`() async throws {
        let rig = try await LifecycleRig()
        let kept = CertificateName("old.example")!
        _ = try await rig.lifecycle.register(DomainDraft(name: kept), by: stranger)
        await rig.lifecycle.reserve(
            ReservedNames(
                ["www.shop.example", "*.saas.example", "old.example"].compactMap {
                    CertificateName($0)
                }))
        for text in ["www.shop.example", "*.shop.example", "*.saas.example", "a.saas.example"] {
            let name = CertificateName(text)!
            await #expect(throws: LifecycleError.self, "\(text)") {
                try await rig.lifecycle.register(DomainDraft(name: name), by: me)
            }
            await #expect(throws: LifecycleError.self, "\(text)") {
                try await rig.lifecycle.create(CertificateDraft(names: [name]), by: me)
            }
            #expect(try await rig.registry.domain(named: name) == nil)
        }
        for text in ["shop.example", "b.www.shop.example", "saas.example", "a.b.saas.example"] {
            let name = CertificateName(text)!
            _ = try await rig.lifecycle.register(DomainDraft(name: name), by: me)
        }
        // What was claimed before stays.
        _ = try await rig.lifecycle.register(DomainDraft(name: kept), by: stranger)
        await rig.lifecycle.reserve(ReservedNames([]))
        let free = CertificateName("www.shop.example")!
        _ = try await rig.lifecycle.register(DomainDraft(name: free), by: me)
    }

    @Test func `a pair is served for no name of others, though it says that it is for them`()
        async throws
    {
        let rig = try await LifecycleRig(loopCount: 2)
        let mine = try rig.edge.issuer.pair([.wildcard(of: name("a.example"))])
        try rig.edge.copyIn(mine, as: "*.a.example")
        await rig.edge.scan.pass()
        let theirs = try await publish(
            ["b.example"], with: ["b.example", "shop.a.example", "c.example"], on: rig, by: stranger
        )
        for loop in 0..<2 {
            #expect(await rig.serial("b.example", loop: loop) == theirs.serial)
            #expect(await rig.serial("shop.a.example", loop: loop) == mine.chain.leaf.serialHex)
            // A first visit gets one of its own.
            let visited = await rig.serial("c.example", loop: loop)
            #expect(visited != nil && visited != theirs.serial)
        }
    }

    @Test func `a host that a publication leaves out is served with its pair no more`()
        async throws
    {
        let rig = try await LifecycleRig { _ in
        } policy: {
            $0.onDemand = false
        }
        let hosts = ["a.example", "b.example"]
        let made = try await publish(hosts, with: hosts, on: rig, by: me)
        #expect(await rig.serial("b.example") == made.serial)
        let revision = try await rig.lifecycle.addRevision(
            to: made.site, hosts: [name("a.example")], document: .null, description: nil, by: me
        ).revision.number
        _ = try await rig.lifecycle.publish(made.site, revision: revision, by: me)
        #expect(await rig.serial("a.example") == made.serial)
        #expect(await rig.serial("b.example") == nil)
    }

    @Test func `a wildcard that was deprovisioned leaves alone who has a domain of its own`()
        async throws
    {
        let rig = try await LifecycleRig(loopCount: 2)
        let wildcard = CertificateName("*.c.example")!
        let others = try rig.edge.issuer.pair([wildcard])
        func register(_ name: String) async throws {
            _ = try await rig.lifecycle.register(
                DomainDraft(name: CertificateName(name)!), by: me)
        }
        try await register("shop.c.example")
        try await register("*.c.example")
        try await rig.lifecycle.deprovision(.name(wildcard), by: me)
        // Whatever wildcard certificate there is by other ways.
        try rig.edge.copyIn(others, as: "*.c.example")
        await rig.edge.scan.pass()
        for loop in 0..<2 {
            #expect(
                await rig.edge.visit("late.c.example", loop: loop) == .refused(.unrecognizedName))
            let own = await rig.edge.visit("shop.c.example", loop: loop).certificate
            #expect(own?.names == [CertificateName("shop.c.example")!])
        }
        // Whoever registers later is served at once, too.
        try await register("late.c.example")
        #expect(await rig.serial("late.c.example") != nil)
        #expect(await rig.edge.visit("no.c.example") == .refused(.unrecognizedName))
        try await register("*.c.example")
        #expect(await rig.edge.visit("no.c.example").certificate == others.chain.leaf)
    }

    @Test func `a name that was left to others is not taken back by a renewal`() async throws {
        let rig = try await LifecycleRig()
        let names = ["a.c.example", "b.example"].map { CertificateName($0)! }
        let made = try await rig.lifecycle.create(CertificateDraft(names: names), by: me)
        try await rig.issuance(made.issuance.number, is: .done)
        try await rig.lifecycle.deprovision(.name(names[0]), by: me)
        _ = try await rig.lifecycle.register(
            DomainDraft(name: CertificateName("*.c.example")!), by: stranger)
        let again = try await rig.lifecycle.issue(
            made.certificate.number, IssuanceDraft(reason: .api), by: me)
        let done = try await rig.issuance(again.number, is: .done)
        let serial = try await rig.version(done.version).serial
        #expect(await rig.serial("b.example") == serial)
        #expect(await rig.serial("a.c.example") != serial)
    }

    @Test func `requests go where the site says, and after it where the domain does`()
        async throws
    {
        let rig = try await LifecycleRig()
        let hosts = ["a.example", "b.example"]
        let site = try await publish(hosts, with: hosts, on: rig, by: me).site
        var wanted = SiteChange()
        wanted.applicationURLs = ["http://10.0.0.1"]
        _ = try await rig.lifecycle.changeSite(site, wanted, by: me)
        for host in hosts {
            var draft = DomainDraft(name: CertificateName(host)!)
            draft.applicationURLs = ["http://10.0.0.2"]
            _ = try await rig.lifecycle.register(draft, by: me)
            #expect(rig.origins[host] == ["http://10.0.0.1"])
        }
        let revision = try await rig.lifecycle.addRevision(
            to: site, hosts: [name("a.example")], document: .null, description: nil, by: me
        ).revision.number
        _ = try await rig.lifecycle.publish(site, revision: revision, by: me)
        #expect(rig.origins["a.example"] == ["http://10.0.0.1"])
        #expect(rig.origins["b.example"] == ["http://10.0.0.2"])
        try await rig.lifecycle.deprovision(.name(CertificateName("b.example")!), by: me)
        #expect(rig.origins["b.example"] == [])
        // Ordered again, it is still a host of the site.
        try await rig.lifecycle.deprovision(.name(CertificateName("a.example")!), by: me)
        #expect(rig.origins["a.example"] == ["http://10.0.0.1"])
        try await rig.lifecycle.deleteSite(site, by: me)
        #expect(rig.origins["a.example"] == [])
    }

    @Test func `of changes side by side the last is what is told`() async throws {
        let rig = try await LifecycleRig()
        let name = CertificateName("a.example")!
        for round in 0..<8 {
            await withDiscardingTaskGroup { group in
                for turn in 0..<8 {
                    group.addTask { [lifecycle = rig.lifecycle, me] in
                        var draft = DomainDraft(name: name)
                        draft.applicationURLs = ["http://10.0.\(round).\(turn)"]
                        _ = try? await lifecycle.register(draft, by: me)
                    }
                }
            }
            let domain = try await rig.lifecycle.domain(.name(name), for: me)
            #expect(rig.origins["a.example"] == domain.applicationURLs)
        }
    }

    @Test(arguments: [
        ("http://10.0.0.5:9001", true), ("https://app.internal", true),
        ("http://169.254.169.254", false), ("h2c://[fe80::1]:9001", false),
        ("https://192.0.2.1:8081", false), ("http://192.0.2.1:8082", true),
    ])
    func `an application may be at a private address, and not at what only we should reach`(
        url: String, isTaken: Bool
    ) async throws {
        let rig = try await LifecycleRig()
        await rig.lifecycle.restrictOrigins(
            to: OriginTargets(listeners: [SocketAddress("192.0.2.1:8081")!]))
        var draft = DomainDraft(name: CertificateName("a.example")!)
        draft.applicationURLs = ["http://10.0.0.1", url]
        var site = SiteChange()
        site.name = "shop"
        site.applicationURLs = [url]
        var outcomes: [Bool] = []
        do {
            _ = try await rig.lifecycle.register(draft, by: me)
            outcomes.append(true)
        } catch {
            guard case .invalid("application_urls", _) = error else { throw error }
            outcomes.append(false)
        }
        outcomes.append((try? await rig.lifecycle.createSite(site, by: me)) != nil)
        #expect(outcomes == [isTaken, isTaken])
    }
}
