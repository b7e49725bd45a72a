// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Sites, and the one certificate that is linked to each.
extension QwiltDialect {
    func sites(_ call: DialectCall) async throws -> ManagementResponse {
        let view = try view(call)
        return try await services.list(call) { page async throws(LifecycleError) in
            try await services.lifecycle.sites(page, for: call.caller)
        } _: { site in
            json(site, view)
        }
    }

    func createSite(_ call: DialectCall) async throws -> ManagementResponse {
        var fields = try call.fields()
        var change = SiteChange()
        change.name = try fields.string("siteName")
        change.compatibility = try routing(&fields)
        try fields.finish()
        let site = try await services.lifecycle.createSite(change, by: call.caller)
        return .json(201, json(site))
    }

    func site(_ call: DialectCall) async throws -> ManagementResponse {
        .json(200, json(try await found(call), try view(call)))
    }

    func changeSite(_ call: DialectCall) async throws -> ManagementResponse {
        let old = try await found(call)
        var fields = try call.fields()
        var change = SiteChange()
        change.name = try fields.optionalString("siteName")
        change.compatibility = old.compatibility.merging(try routing(&fields)) { $1 }
        try fields.finish()
        let site = try await services.lifecycle.changeSite(old.number, change, by: call.caller)
        return .json(200, json(site))
    }

    func deleteSite(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        // There is no other way to delete one here.
        guard try flag(call, "permanent") ?? true else {
            throw FieldFault(.invalid, "permanent", "expected true: what is deleted is gone")
        }
        try await services.lifecycle.deleteSite(site.number, by: call.caller)
        var shown = json(site).objectValue ?? [:]
        shown["IsDeleted"] = true
        return .json(200, .object(shown))
    }

    func found(_ call: DialectCall) async throws(LifecycleError) -> Site {
        try await services.lifecycle.site(call.number(0, .site), for: call.caller)
    }

    /// How visitors find the edge is the customer's DNS here; what is asked for is given back.
    private func routing(_ fields: inout JSONFields) throws(FieldFault) -> Compatibility {
        let routing = try fields.optionalString("routingMethod", max: 64)
        return routing.map { ["qwilt.routingMethod": .string($0)] } ?? [:]
    }

    /// What of a site's publishing operations is asked for.
    private enum PublicationView { case all, none }

    /// By `includePublishDetails`, and by `publishTarget`: nothing is ever published to staging here.
    private func view(_ call: DialectCall) throws(FieldFault) -> PublicationView {
        let target = call.request.queryValue("publishTarget")
        guard target == nil || ["ga", "staging"].contains(target) else {
            throw FieldFault(.invalid, "publishTarget", "expected ga or staging")
        }
        let isWanted = try flag(call, "includePublishDetails") ?? true
        return isWanted && target != "staging" ? .all : .none
    }

    private func flag(_ call: DialectCall, _ name: String) throws(FieldFault) -> Bool? {
        switch call.request.queryValue(name) {
        case nil: nil
        case "true": true
        case "false": false
        default: throw FieldFault(.invalid, name, "expected true or false")
        }
    }

    private func json(_ site: Site, _ view: PublicationView = .all) -> JSONValue {
        let shown = view == .all ? site.publications : []
        let active = shown.last { $0.state == .accepted && $0.isActive }
        return [
            "siteId": Self.identifier(site.number), "siteName": .string(site.name),
            "ownerOrgId": .string(site.account),
            "creationTimeMilli": .integer(site.createdAt.milliseconds),
            "lastUpdateTimeMilli": .integer(site.updatedAt.milliseconds),
            "createdUser": .string(site.account), "lastUpdatedUser": .string(site.account),
            "siteDnsCnameDelegationTarget": .string(services.target.text), "apiVersion": "1",
            "serviceType": "MEDIA_DELIVERY", "serviceId": Self.identifier(site.number),
            "routingMethod": site.compatibility["qwilt.routingMethod"] ?? "DNS",
            "shouldProvisionToThirdPartyCdn": false, "isSelfServiceBlocked": false,
            "IsDeleted": false,
            "activeAndLastPublishingOperation": [
                "last": shown.last.map { json($0, of: site) } ?? .null,
                "active": site.isPublished ? active.map { json($0, of: site) } ?? .null : .null,
            ],
        ]
    }

    // MARK: Links

    func links(_ call: DialectCall) async throws -> ManagementResponse {
        .json(200, links(try await found(call)))
    }

    /// One certificate to a site; it is served from the next publication on. Answers with an array.
    func link(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        var fields = try call.fields()
        let given: VersionNumber? = try number(&fields, "certificateId")
        try fields.finish()
        guard let number = given else {
            throw FieldFault(.missing, "certificateId", "expected a number, found nothing")
        }
        if let linked = site.linkedVersion, linked != number {
            throw LifecycleError.conflict(
                "Only one certificate can be linked to a site, and \(linked) is")
        }
        let changed = try await services.lifecycle.link(number, to: site.number, by: call.caller)
        return .json(201, links(changed))
    }

    func unlink(_ call: DialectCall) async throws -> ManagementResponse {
        let site = try await found(call)
        let number: VersionNumber = try call.number(1, .version)
        guard site.linkedVersion == number else {
            throw LifecycleError.notFound(.version, "\(number) linked to the site")
        }
        let changed = try await services.lifecycle.unlink(site.number, by: call.caller)
        return .json(200, links(changed))
    }

    private func links(_ site: Site) -> JSONValue {
        guard let version = site.linkedVersion else { return [] }
        return [
            [
                "certificateId": Self.identifier(version), "certificateType": "certificate",
                "target": "ga", "state": "linked",
            ]
        ]
    }
}
