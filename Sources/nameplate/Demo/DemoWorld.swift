// SPDX-License-Identifier: Apache-2.0
import DNS
import Foundation
import Networking
import Provisioning
import Proxy
import TLS

/// Everything that the demo needs: an application, a DNS zone, an edge with the internal CA, and a
/// visitor. All on loopback, in one process; files in a temporary folder.
struct DemoWorld: Sendable {
    let edge: Edge
    let application: SocketAddress
    let zone: SocketAddress
    let httpsPort: UInt16
    /// The CA that the visitor trusts, and where it lies.
    let root: Certificate
    let rootFile: String
    let record: DemoRecord
    private let folder: String
    private let loop: EventLoop
    private let logLoop: EventLoop

    /// Who is visited first, and who else could be.
    let customer: ServerName
    let otherCustomers: [ServerName]
    let target: ServerName

    init() async throws(EdgeError) {
        customer = try Self.name("shop.example.test")
        otherCustomers = [try Self.name("blog.example.test"), try Self.name("docs.example.test")]
        target = try Self.name("domains.saas.test")
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("nameplate-demo-\(UInt32.random(in: .min ... .max))")
            .path
        record = DemoRecord()
        do {
            loop = try EventLoop(name: "demo")
            let anywhere = SocketAddress(ip: .v4(0x7f00_0001), port: 0)
            application = try await DemoApplication.start(at: anywhere, on: loop)
            let responder = try await ZoneResponder.start(
                Self.zone(target, customers: [customer] + otherCustomers), at: anywhere, on: loop)
            zone = responder.address
            let configuration = try Self.configuration(
                application: application, target: target, zone: zone, anywhere: anywhere,
                folder: folder)
            logLoop = try EventLoop(name: "log")
            let log = Log(LogConfiguration(level: .error), on: logLoop)
            edge = try await Edge.start(configuration, log: log, events: record)
            httpsPort = await edge.configuration.listen.https.first?.port ?? 0
            root = try await edge.internalRoot()
            rootFile = "\(folder)/accounts/internal/ca.pem"
        } catch let error as EdgeError {
            throw error
        } catch {
            throw EdgeError("\(error)")
        }
    }

    /// Visits a domain as a browser would: with SNI, trusting the CA and nobody else.
    func visit(_ name: ServerName) async throws(EdgeError) -> DemoVisit {
        let edge = SocketAddress(ip: .v4(0x7f00_0001), port: httpsPort)
        let (loop, root) = (loop, root)
        let result = await loop.call {
            await DemoVisit.make(to: name, at: edge, trusting: root, on: loop)
        }
        do { return try result.get() } catch {
            // The visitor sees an alert; the edge knows why.
            throw EdgeError(
                [error.description, record.trouble].compactMap(\.self).joined(separator: ": "))
        }
    }

    /// The files of a domain's certificate.
    func folder(of name: ServerName) -> String { "\(folder)/domains/\(name)" }

    /// The certificate that the domain has in storage.
    func certificate(of name: ServerName) -> Certificate? {
        let file = try? TextFile(path: "\(folder(of: name))/chain.pem")
        return file.flatMap { try? CertificateChain(pem: $0.bytes).leaf }
    }

    /// Returns when Ctrl-C is pressed, or the process is told to end.
    func interruption() async {
        let (stream, continuation) = AsyncStream.makeStream(of: ProcessSignal.self)
        let loop = loop
        await loop.run {
            _ = try? Signals(on: loop) { continuation.yield($0) }
        }
        for await signal in stream where signal != .hangUp { return }
    }

    func end() async {
        await edge.drain()
        loop.shutdown()
        logLoop.shutdown()
    }

    func removeFiles() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func name(_ text: String) throws(EdgeError) -> ServerName {
        guard let name = ServerName(text) else { throw EdgeError("\(text) is no name") }
        return name
    }

    /// Customers point at the target, the target at loopback.
    private static func zone(_ target: ServerName, customers: [ServerName]) -> Zone {
        let target = DNSName(target)
        var zone = Zone([
            ResourceRecord(target, ttl: 60, .address(.v4(0x7f00_0001)))
        ])
        for customer in customers {
            zone.add(ResourceRecord(DNSName(customer), ttl: 60, .cname(target)))
        }
        return zone
    }

    private static func configuration(
        application: SocketAddress, target: ServerName, zone: SocketAddress,
        anywhere: SocketAddress, folder: String
    ) throws(EdgeError) -> Configuration {
        guard let url = OriginURL("http://\(application)") else {
            throw EdgeError("\(application) makes no URL")
        }
        var configuration = Configuration(applicationURLs: [url], cnameTarget: target)
        configuration.listen.https = [anywhere]
        configuration.listen.http = [anywhere]
        configuration.storage.file = folder
        configuration.issuers = [.internal(InternalIssuerConfiguration())]
        configuration.dns.resolvers = [zone]
        configuration.drain = .seconds(1)
        return configuration
    }
}

extension Edge {
    /// The root of the internal CA, which is made now when there is none.
    func internalRoot() async throws -> Certificate {
        for issuer in await plane.provisioner.policy.issuers.issuers {
            if let issuer = issuer as? InternalIssuer { return try await issuer.root() }
        }
        throw EdgeError("no issuer is internal")
    }
}
