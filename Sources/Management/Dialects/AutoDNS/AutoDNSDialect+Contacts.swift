// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

/// Contacts: clients make one and name it in their orders. Certificates here say nothing of it.
extension AutoDNSDialect {
    func createContact(_ call: DialectCall) async throws -> ManagementResponse {
        let contact = try await services.lifecycle.createContact(
            document(call), by: call.caller)
        return answer(.contactCreate, contact, call)
    }

    func contact(_ call: DialectCall) async throws -> ManagementResponse {
        let contact = try await services.lifecycle.contact(
            call.number(0, .contact), for: call.caller)
        return answer(.contactInfo, contact, call)
    }

    func changeContact(_ call: DialectCall) async throws -> ManagementResponse {
        let contact = try await services.lifecycle.changeContact(
            call.number(0, .contact), to: document(call), by: call.caller)
        return answer(.contactUpdate, contact, call)
    }

    func deleteContact(_ call: DialectCall) async throws -> ManagementResponse {
        let number: ContactNumber = try call.number(0, .contact)
        try await services.lifecycle.deleteContact(number, by: call.caller)
        return success(
            .contactDelete, call, object: AutoDNSEnvelope.object("SslContact", "\(number)"))
    }

    func searchContacts(_ call: DialectCall) async throws -> ManagementResponse {
        let query = try AutoDNSQuery(call)
        var filter = ContactFilter()
        for condition in query.conditions {
            guard Self.texts.contains(condition.key) else {
                throw condition.invalid(
                    "key", "expected one of \(Self.texts.joined(separator: ", "))")
            }
            guard condition.comparison == .equal else {
                throw condition.invalid("operator", "expected EQUAL")
            }
            filter.document[condition.key] = .string(condition.value)
        }
        let (lifecycle, caller, wanted) = (services.lifecycle, call.caller, filter)
        let found = try await elements(query.range) {
            (page, size) async throws(LifecycleError) in
            try await lifecycle.contacts(
                wanted, page: page, size: size, order: query.order, for: caller)
        }
        return success(
            .contactSearch, call,
            object: AutoDNSEnvelope.object("SslContact", "", summary: found.total),
            data: found.elements.map { json($0, call) })
    }

    /// What is sent back as `GET` has answered it is left out.
    private func document(_ call: DialectCall) throws(FieldFault) -> Compatibility {
        var fields = try call.fields()
        var document: Compatibility = [:]
        for name in Self.texts {
            if let text = try fields.optionalString(name, max: Self.textMax) {
                document[name] = .string(text)
            }
        }
        if let lines = try fields.optionalStrings(
            "address", count: Self.linesMax, max: Self.textMax)
        {
            document["address"] = .array(lines.map { .string($0) })
        }
        for name in ["id", "created", "updated", "owner", "updater"] { _ = fields.value(name) }
        try fields.finish()
        guard !document.isEmpty else {
            throw FieldFault(.missing, "lname", "expected a contact, found nothing")
        }
        return document
    }

    private func answer(
        _ task: AutoDNSTask, _ contact: Contact, _ call: DialectCall
    ) -> ManagementResponse {
        success(
            task, call, object: AutoDNSEnvelope.object("SslContact", "\(contact.number)"),
            data: [json(contact, call)])
    }

    private func json(_ contact: Contact, _ call: DialectCall) -> JSONValue {
        var body = contact.document
        body["id"] = .integer(contact.number.value)
        body["created"] = .string(contact.createdAt.offsetText)
        body["updated"] = .string(contact.updatedAt.offsetText)
        body["owner"] = owner(call)
        return .object(body)
    }

    private static let texts = [
        "alias", "title", "fname", "lname", "organization", "pcode", "city", "state", "country",
        "phone", "fax", "email",
    ]
    /// Bytes of a text, and lines of an address.
    private static let textMax = 255
    private static let linesMax = 5
}
