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
        let order = try DNSimpleOrder(call, fields: ["id", "common_name", "expiration"])
        let (versions, total) = try await versions(within: domain, order, page, for: call.caller)
        var elements: [JSONValue] = []
        for version in versions {
            elements.append(try await known(version, domain, for: call.caller).json)
        }
        return answer(elements, of: total, page)
    }

    func certificate(_ call: DialectCall) async throws -> ManagementResponse {
        answer(200, ["data": try await found(call).json])
    }

    func download(_ call: DialectCall) async throws -> ManagementResponse {
        let version = try await found(call).version
        guard version.state != .reserved, let chain = version.chain else {
            throw LifecycleError.notIssued(version.number)
        }
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
        guard version.state != .reserved else { throw LifecycleError.notIssued(version.number) }
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
        guard version.state != .deleted, names.contains(where: { $0.isWithin(domain.name) }) else {
            throw .notFound(.version, "\(number)")
        }
        return found
    }

    func known(
        _ version: CertificateVersion, _ domain: Domain, for caller: Caller
    ) async throws(LifecycleError) -> DNSimpleCertificate {
        let certificate = try await services.lifecycle.certificate(
            version.certificate, for: caller)
        var issuance: Issuance?
        if let number = version.issuance {
            issuance = try await services.lifecycle.issuance(number, for: caller)
        }
        return DNSimpleCertificate(
            version: version, certificate: certificate, issuance: issuance, domain: domain)
    }

    /// A page of the versions within a domain. Our list is by number, so that its end turned round is the
    /// first page by falling numbers, which is what DNSimple has unless told otherwise; other orders are
    /// made from the newest `sortMax`.
    private func versions(
        within domain: Domain, _ order: DNSimpleOrder, _ page: DNSimplePage, for caller: Caller
    ) async throws(LifecycleError) -> ([CertificateVersion], Int) {
        var filter = VersionFilter()
        filter.includesReserved = true
        switch domain.name {
        case .exact(let name), .wildcard(of: let name): filter.within = name
        }
        let lifecycle = services.lifecycle
        func fetch(
            _ page: Int, _ size: Int
        ) async throws(LifecycleError) -> NumberedPage<CertificateVersion> {
            try await lifecycle.versions(filter, page: page, size: size, for: caller)
        }
        if let first = order.keys.first, first.field == "id", !first.descends {
            let found = try await fetch(page.number - 1, page.size)
            return (found.elements, found.total)
        }
        let total = try await fetch(0, 1).total
        if order.keys.first.map({ $0.field == "id" }) ?? true {
            let upper = max(0, total - (page.number - 1) * page.size)
            let range = max(0, upper - page.size)..<upper
            guard !range.isEmpty else { return ([], total) }
            return (try await elements(range, fetch).elements.reversed(), total)
        }
        let range = max(0, total - Self.sortMax)..<total
        guard !range.isEmpty else { return ([], total) }
        var versions = try await elements(range, fetch).elements
        versions.sort { order.puts($0, before: $1) }
        return (Array(versions.dropFirst((page.number - 1) * page.size).prefix(page.size)), total)
    }

    /// So many certificates of one domain are put into an order of the client's choice.
    static let sortMax = PageRequest.limitMax
}

extension DNSimpleOrder {
    func puts(_ left: CertificateVersion, before right: CertificateVersion) -> Bool {
        for (field, descends) in keys {
            let (first, second) = descends ? (right, left) : (left, right)
            switch field {
            case "common_name":
                let names = (first.names.first?.text ?? "", second.names.first?.text ?? "")
                if names.0 != names.1 { return names.0 < names.1 }
            case "expiration":
                let ends = (first.notAfter ?? .distantFuture, second.notAfter ?? .distantFuture)
                if ends.0 != ends.1 { return ends.0 < ends.1 }
            default:
                if first.number != second.number { return first.number < second.number }
            }
        }
        return left.number > right.number
    }
}
