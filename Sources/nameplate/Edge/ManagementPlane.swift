// SPDX-License-Identifier: Apache-2.0
import HTTP
import Management
import Networking
import Provisioning
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

    /// Builds what `management` of the configuration asks for, and does not listen yet; nil where it
    /// asks for nothing.
    init?(
        _ configuration: Configuration, lifecycle: Lifecycle, foundation: EdgeFoundation
    ) async throws(EdgeError) {
        guard let wanted = configuration.management, let loop = foundation.management else {
            return nil
        }
        self.loop = loop
        self.lifecycle = lifecycle
        let key: [UInt8]
        do { key = try await TokenKey.load(from: foundation.records) } catch {
            throw EdgeError("cannot read the key of tokens: \(error)")
        }
        access = AccessControl(wanted.clients.map(\.credential), tokenKey: key, on: loop)
        let dialects = Self.dialects(
            wanted, target: configuration.cnameTarget, lifecycle: lifecycle, access: access)
        server = LoopBound(ManagementServer(dialects, on: loop), on: loop)
        certificate = wanted.tls.map { LoopBound(FixedCertificate($0.credential), on: loop) }
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
        let dialects = Self.dialects(
            wanted, target: configuration.cnameTarget, lifecycle: lifecycle, access: access)
        await loop.run { [server, certificate] in
            server.value.adopt(dialects)
            if let tls = wanted.tls { certificate?.value.credential = tls.credential }
        }
    }

    /// The languages that are spoken, each with paths of its own; the native one has what is left.
    private static func dialects(
        _ configuration: ManagementConfiguration, target: ServerName, lifecycle: Lifecycle,
        access: AccessControl
    ) -> [any ManagementDialect] {
        let settings = configuration.settings
        let services = DialectServices(
            lifecycle: lifecycle, access: access,
            catalogue: Catalogue(
                plans: settings.plans.map { .init(id: $0.id, name: $0.name) },
                products: settings.products),
            target: target,
            refusal: { WebhookTargets(allowed: settings.webhooksAllowed).fault(of: $0) })
        return services.dialects
            + [NativeDialect(lifecycle: lifecycle, access: access, settings: settings)]
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
