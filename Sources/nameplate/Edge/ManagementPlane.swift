// SPDX-License-Identifier: Apache-2.0
import HTTP
import Management
import Networking
import Provisioning
import Proxy
import Registry
import Storage
import TLS

/// The management API as it runs: on a loop of its own.
struct ManagementPlane: Sendable {
    let loop: EventLoop
    let access: AccessControl
    let server: LoopBound<ManagementServer>
    /// What clients of the listener are shown; nil: it speaks in the clear.
    let certificate: LoopBound<FixedCertificate>?
    let lifecycle: Lifecycle
    let registry: Registry
    let sender: WebhookSender
    let webhooks: Webhooks
    private let requests: RequestsInFlight
    private let log: Log

    /// Builds what `management` of the configuration asks for, and does not listen yet; nil where it
    /// asks for nothing.
    init?(
        _ configuration: Configuration, lifecycle: Lifecycle, registry: Registry,
        foundation: EdgeFoundation, log: Log
    ) async throws(EdgeError) {
        guard let wanted = configuration.management, let loop = foundation.management else {
            return nil
        }
        self.loop = loop
        self.lifecycle = lifecycle
        self.registry = registry
        self.log = log
        let key: [UInt8]
        do { key = try await TokenKey.load(from: foundation.records) } catch {
            throw EdgeError("cannot read the key of tokens: \(error)")
        }
        let watch = LockOutWatch(registry: registry, log: log)
        access = AccessControl(
            wanted.clients.map(\.credential), tokenKey: key, on: loop,
            lockedOut: { await watch.record($0, $1, $2) })
        do throws(TLSError) {
            sender = try WebhookSender(
                loop: loop, trustedRoots: .system,
                lookup: configuration.hostLookup(with: configuration.resolver(on: loop)),
                userAgent: "nameplate/\(VersionCommand.version)",
                targets: WebhookTargets(allowed: wanted.webhooks.allow))
        } catch { throw EdgeError("cannot make an HTTPS client: \(error)") }
        webhooks = Webhooks(
            registry: registry, sender: sender,
            formats: [
                NativeWebhookFormat(), DNSimpleNotifications(),
                EntriNotifications(target: configuration.cnameTarget),
            ], loop: loop, report: { log.report($0) })
        requests = RequestsInFlight(on: loop)
        certificate = wanted.tls.map { LoopBound(FixedCertificate($0.credential), on: loop) }
        var serving = ManagementServer.Configuration()
        serving.loopMark = foundation.loopMark
        server = LoopBound(ManagementServer([], configuration: serving, on: loop), on: loop)
        await adopt(configuration)
    }

    /// Listens; answers where, with the port that the kernel chose.
    func open(_ address: SocketAddress) async throws(EdgeError) -> SocketAddress {
        let opened = await loop.run { [server, certificate] in
            Result { () throws(EdgeError) in
                var context: ServerContext?
                if let certificate {
                    do throws(TLSError) {
                        context = try ServerContext(
                            configuration: ServerTLSConfiguration(tickets: 0),
                            ticketKeys: TicketKeys(), selector: certificate.value)
                    } catch { throw EdgeError("cannot set up TLS: \(error)") }
                }
                do throws(SystemError) {
                    return try server.value.open(address, tls: context)
                } catch { throw EdgeError(listening: error) }
            }
        }
        return try opened.get()
    }

    /// Stops listening, lets requests under way end for `patience`; answers how many were cut off.
    func drain(patience: Duration) async -> Int {
        await loop.call { [server] in await server.value.drain(patience: patience) }
    }

    /// Takes over all that does not need another listener.
    func adopt(_ configuration: Configuration) async {
        guard let wanted = configuration.management else { return }
        await access.adopt(wanted.clients.map(\.credential))
        let dialects = dialects(wanted, of: configuration)
        let targets = WebhookTargets(allowed: wanted.webhooks.allow)
        await loop.run { [server, certificate, sender] in
            server.value.adopt(dialects)
            sender.adopt(targets)
            if let tls = wanted.tls { certificate?.value.credential = tls.credential }
        }
    }

    /// Knows no client from now on.
    func letNobodyIn() async {
        await access.adopt([])
    }

    /// The languages that are spoken, each with paths of its own; the native one has what is left.
    private func dialects(
        _ wanted: ManagementConfiguration, of configuration: Configuration
    ) -> [any ManagementDialect] {
        let refusal: @Sendable (String) async -> String? = { [loop, sender] url in
            await loop.run { sender.fault(of: url) }
        }
        let trouble: @Sendable (String, String) -> Void = { [log] why, request in
            log.error(
                "a request to the management API could not be served",
                ["why": .text(why), "request_id": .text(request)])
        }
        let others = DialectServices(
            lifecycle: lifecycle, access: access, catalogue: wanted.catalogue,
            target: configuration.cnameTarget,
            applicationURL: configuration.applicationURLs.first?.description ?? "",
            refusal: refusal, trouble: trouble)
        let native = NativeServices(
            lifecycle: lifecycle, registry: registry, access: access,
            catalogue: wanted.catalogue, refusal: refusal, loop: loop,
            requests: requests, trouble: trouble)
        return others.dialects + [NativeDialect(native)]
    }
}

/// Shows one certificate to everybody, whatever name they ask for. On the management loop.
final class FixedCertificate: CertificateSelector {
    var credential: Credential

    init(_ credential: Credential) {
        self.credential = credential
    }

    func selectCertificate(for hello: ClientHello) -> CertificateSelection {
        .serve(credential)
    }
}
