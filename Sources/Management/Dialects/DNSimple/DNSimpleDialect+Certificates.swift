// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Certificates that there are: lists, one, its chain, its key.
extension DNSimpleDialect {
    func certificates(_ call: DialectCall) async throws -> ManagementResponse {
        let domain = try await domain(of: call)
        let page = try DNSimplePage(call)
        let order = VersionOrder(
            try call.sortKeys(
                ["id": .number, "common_name": .commonName, "expiration": .expiry]
            ).map { VersionOrder.Key($0.field, $0.order) })
        let found = try await versions(within: domain, order, page, for: call.caller)
        var elements: [JSONValue] = []
        for version in found.elements {
            elements.append(try await known(version, domain, for: call.caller).json)
        }
        return answer(elements, of: found.total, page)
    }

    func certificate(_ call: DialectCall) async throws -> ManagementResponse {
        answer(200, ["data": try await found(call).json])
    }

    func download(_ call: DialectCall) async throws -> ManagementResponse {
        let version = try await found(call).version
        guard let chain = version.chain else { throw LifecycleError.notIssued(version.number) }
        let certificates = PEMBlocks.split(chain)
        return answer(
            200,
            [
                "data": [
                    "server": .text(certificates.first), "root": nil,
                    "chain": .array(certificates.dropFirst().map { .string($0) }),
                ]
            ])
    }

    /// Without the scope for keys it is as if there were none, which is what DNSimple says of one that it
    /// does not have.
    func privateKey(_ call: DialectCall) async throws -> ManagementResponse {
        let version = try await found(call).version
        guard version.chain != nil else { throw LifecycleError.notIssued(version.number) }
        guard version.hasKey, call.client.scopes.contains(.keys) else {
            throw LifecycleError.keyUnavailable(version.number)
        }
        let key = try await services.lifecycle.privateKey(of: version.number, by: call.caller)
        return answer(200, ["data": ["private_key": .string(key)]])
    }

    // MARK: Reading

    /// The certificate of a path; one that has no name within its domain is none there.
    func found(_ call: DialectCall) async throws(LifecycleError) -> DNSimpleCertificate {
        let domain = try await domain(of: call)
        let number: VersionNumber = try call.number(2, .version)
        let version = try await services.lifecycle.version(number, for: call.caller)
        let found = try await known(version, domain, for: call.caller)
        let names = version.names.isEmpty ? found.certificate.names : version.names
        guard version.state != .deleted || version.cameToNothing,
            names.contains(where: { $0.isWithin(domain.name) })
        else { throw .notFound(.version, "\(number)") }
        return found
    }

    func known(
        _ version: CertificateVersion, _ domain: Domain, for caller: Caller
    ) async throws(LifecycleError) -> DNSimpleCertificate {
        let certificate = try await services.lifecycle.certificate(
            version.certificate, for: caller)
        var (issuance, shown) = (nil as Issuance?, version)
        if let number = version.issuance {
            issuance = try await services.lifecycle.issuance(number, for: caller)
        }
        // It was signed between the two reads: what is called issued says until when it is good.
        if version.state == .reserved, issuance.map({ DNSimpleState($0.state) }) == .issued {
            shown = try await services.lifecycle.version(version.number, for: caller)
        }
        return DNSimpleCertificate(
            version: shown, certificate: certificate, issuance: issuance, domain: domain)
    }

    /// A page of the versions within a domain, also of those that have failed: no event says so of an
    /// order.
    private func versions(
        within domain: Domain, _ order: VersionOrder, _ page: DNSimplePage, for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<CertificateVersion> {
        var filter = VersionFilter()
        filter.includesReserved = true
        filter.includesFailed = true
        filter.within = domain.name.base
        return try await services.lifecycle.versions(
            filter, page: page.number - 1, size: page.size, by: order, for: caller)
    }
}
