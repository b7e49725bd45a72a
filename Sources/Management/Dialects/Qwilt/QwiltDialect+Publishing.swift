// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Configurations of a site, and the operations that put it into service.
///
/// Of a configuration the hosts count here; the rest of `hostIndex` is kept and given back.
extension QwiltDialect {
    func revisions(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        return .json(200, .array(site.revisions.map { json($0, of: site) }))
    }

    func revision(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        guard let number = Int(call.part(1)),
            let revision = site.revisions.first(where: { $0.number == number })
        else {
            throw LifecycleError.notFound(.site, "\(site.number) with revision \(call.part(1))")
        }
        return .json(200, json(revision, of: site))
    }

    func addRevision(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        var fields = try call.fields()
        guard let document = fields.value("hostIndex") else {
            throw FieldFault(.missing, "hostIndex", "expected an object, found nothing")
        }
        let hosts = try hosts(of: document)
        let description = try fields.optionalString("changeDescription")
        try fields.finish()
        let (changed, revision) = try await services.lifecycle.addRevision(
            to: site.number, hosts: hosts, document: document, description: description,
            by: call.caller)
        return .json(201, json(revision, of: changed))
    }

    /// `{"hosts": [{"host": "www.example.com", …}]}`
    private func hosts(of document: JSONValue) throws(FieldFault) -> [ServerName] {
        guard let elements = document["hosts"]?.arrayValue, !elements.isEmpty else {
            throw FieldFault(.invalid, "hostIndex.hosts", "expected an array of hosts")
        }
        guard elements.count <= Site.hostsMax else {
            throw FieldFault(
                .tooLong, "hostIndex.hosts", "expected at most \(Site.hostsMax) hosts")
        }
        var hosts: [ServerName] = []
        for (index, element) in elements.enumerated() {
            guard let text = element["host"]?.stringValue, let host = ServerName(text) else {
                throw FieldFault(.invalid, "hostIndex.hosts[\(index)].host", "expected a host name")
            }
            if !hosts.contains(host) { hosts.append(host) }
        }
        return hosts
    }

    // MARK: Publishing

    func publications(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        return .json(200, .array(site.publications.reversed().map { json($0, of: site) }))
    }

    func publication(_ call: DialectCall) async throws -> ManagementResponse {
        let (site, publication) = try await operation(call)
        return .json(200, json(publication, of: site))
    }

    func publish(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        var fields = try call.fields()
        let text = try fields.optionalString("revisionId")
        try readTarget(&fields)
        try fields.finish()
        var revision: Int?
        if let text {
            guard let number = Int(text), site.revisions.contains(where: { $0.number == number })
            else { throw fields.invalid("revisionId", "is none of the site's revisions") }
            revision = number
        }
        return try await publish(site, revision, call)
    }

    /// Publishes again what is in service, so that a certificate linked since then takes its place.
    func republish(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        try finishTarget(call)
        guard site.isPublished else {
            throw LifecycleError.conflict("The site is not published")
        }
        let last = site.publications.last { $0.state == .accepted && $0.isActive }
        return try await publish(site, last?.revision, call)
    }

    func unpublish(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        try finishTarget(call)
        let (changed, publication) = try await services.lifecycle.unpublish(
            site.number, by: call.caller)
        return .json(200, json(publication, of: changed))
    }

    /// An operation is over before its answer is sent.
    func cancelPublication(_ call: DialectCall) async throws -> ManagementResponse {
        let (_, publication) = try await operation(call)
        throw LifecycleError.conflict("Operation \(publication.number) has ended")
    }

    private func publish(
        _ site: Site, _ revision: Int?, _ call: DialectCall
    ) async throws -> ManagementResponse {
        let (changed, publication) = try await services.lifecycle.publish(
            site.number, revision: revision, by: call.caller)
        return .json(201, json(publication, of: changed))
    }

    private func operation(_ call: DialectCall) async throws -> (Site, Site.Publication) {
        let site = try await found(call)
        guard let number = Int(call.part(1)),
            let publication = site.publications.first(where: { $0.number == number })
        else {
            throw LifecycleError.notFound(.site, "\(site.number) with operation \(call.part(1))")
        }
        return (site, publication)
    }

    /// There is one place to publish to.
    private func readTarget(_ fields: inout JSONFields) throws(FieldFault) {
        let target = try fields.optionalString("target")
        guard target == nil || target == "" || target == "ga" else {
            throw fields.invalid("target", "expected ga: there is no staging here")
        }
    }

    private func finishTarget(_ call: DialectCall) throws {
        var fields = try call.fields()
        try readTarget(&fields)
        try fields.finish()
    }

    // MARK: Writing

    private func json(_ revision: Site.Revision, of site: Site) -> JSONValue {
        [
            "siteId": Self.identifier(site.number), "revisionId": .string("\(revision.number)"),
            "revisionNum": .integer(revision.number), "ownerOrgId": .string(site.account),
            "creationTimeMilli": .integer(revision.createdAt.milliseconds),
            "lastUpdateTimeMilli": .integer(revision.createdAt.milliseconds),
            "createdUser": .string(site.account), "hostIndex": revision.document,
            "changeDescription": .string(revision.description ?? ""),
        ]
    }

    func json(_ publication: Site.Publication, of site: Site) -> JSONValue {
        let at = JSONValue.integer(publication.at.milliseconds)
        let revision = publication.revision.map { "\($0)" } ?? ""
        // The newest one that was accepted decides what is served.
        let decides = site.publications.last { $0.state == .accepted }?.number
        return [
            "publishId": .string("\(publication.number)"), "creationTimeMilli": at,
            "ownerOrgId": .string(site.account), "lastUpdateTimeMilli": at,
            "revisionId": .string(revision), "target": "ga", "username": .string(site.account),
            "publishState": .string(QwiltPublishStatus(publication.state).rawValue),
            "publishStatus": .string(QwiltPublishStatus(publication.state).rawValue),
            "publishAcceptanceStatus": .string(QwiltAcceptance(publication.state).rawValue),
            "publishHidden": false, "publishMode": "manual",
            "operationType": publication.isActive ? "Publish" : "Unpublish",
            "statusLine": .array(publication.detail.map { [.string($0)] } ?? []),
            "configLastModifiedTimeMilli": at,
            "isActive": .bool(publication.isActive && decides == publication.number),
            "validatorsErrDetails": nil,
        ]
    }
}
