// SPDX-License-Identifier: Apache-2.0
package import Registry
package import Storage

/// Contacts, as clients keep them beside their orders.
extension Lifecycle {
    /// Throws `.conflict` where the account has as many as it may.
    package func createContact(
        _ document: Compatibility, by caller: Caller
    ) async throws(LifecycleError) -> Contact {
        try await change(by: caller) { change in
            let number: ContactNumber = try await change.nextNumber()
            let contact = change.put(
                Contact(
                    number: number, account: caller.account, document: document, at: change.now))
            change.record(.contactCreated, about: contact)
            return contact
        }
    }

    package func contact(
        _ number: ContactNumber, for caller: Caller
    ) async throws(LifecycleError) -> Contact {
        try await read { () async throws(StorageError) in
            try await registry.contact(number)
        }.owned(by: caller, as: "\(number)")
    }

    /// By numbered pages, the first one being 0.
    package func contacts(
        _ filter: ContactFilter = ContactFilter(), page: Int, size: Int,
        order: RecordRange.Order = .ascending, for caller: Caller
    ) async throws(LifecycleError) -> NumberedPage<Contact> {
        try await readNumbered {
            try await registry.contacts(
                filter, of: caller.account, page: page, size: size, order: order)
        }
    }

    /// Puts another document in the place of the one that there is.
    package func changeContact(
        _ number: ContactNumber, to document: Compatibility, by caller: Caller
    ) async throws(LifecycleError) -> Contact {
        try await change(by: caller) { change in
            var contact = try await change.contact(number).owned(by: caller, as: "\(number)")
            contact.document = document
            contact = change.put(contact)
            change.record(.contactChanged, about: contact)
            return contact
        }
    }

    package func deleteContact(
        _ number: ContactNumber, by caller: Caller
    ) async throws(LifecycleError) {
        try await change(by: caller) { change in
            let contact = try await change.contact(number).owned(by: caller, as: "\(number)")
            change.remove(contact)
            change.record(.contactDeleted, about: contact)
        }
    }
}
