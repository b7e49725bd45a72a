// SPDX-License-Identifier: Apache-2.0
package import Storage
package import TLS

extension RegistryDraft {
    /// The next number of the sequence that all objects share.
    ///
    /// Throws `damaged` when there is none left below 2^31.
    package func nextNumber<Object: RegistryObject>()
        async throws(StorageError) -> ObjectNumber<Object>
    {
        let last: Int = try await value(at: .lastObject) ?? 0
        guard let number = ObjectNumber<Object>(last + 1) else {
            throw .damaged(path: RecordKey.lastObject.text, "no number is left")
        }
        write((last + 1).recordValue, at: .lastObject)
        originals[.object(number)] = .new
        let kind = Object.subjectKind.rawValue
        made[kind] = made[kind] ?? number.identifier
        return number
    }

    /// Writes an object that was read or numbered here; answers it with its new generation.
    @discardableResult
    package func put<Object: RegistryObject>(_ object: Object) -> Object {
        let key = RecordKey.object(object.number)
        guard let original = originals[key] else {
            preconditionFailure("\(key) is put by a change that has not read it")
        }
        var object = object
        object.generation = original.generation + 1
        object.updatedAt = now
        write(object.recordValue, at: key)
        entries[key] = object.indexEntries
        if original.generation == 0, let webhook = object as? Webhook {
            newWebhooks.insert(webhook.number)
        }
        return object
    }

    package func remove<Object: RegistryObject>(_ object: Object) {
        let key = RecordKey.object(object.number)
        precondition(originals[key] != nil, "\(key) is removed by a change that has not read it")
        write(nil, at: key)
        entries[key] = []
    }

    /// Files a private key in PEM; apart from everything that is shown.
    package func putPrivateKey(_ pem: [UInt8], as number: Int) {
        write(pem, at: .privateKey(number))
    }

    package func removePrivateKey(_ number: Int) {
        write(nil, at: .privateKey(number))
    }

    /// Puts a name on the deny-list of deprovisioned names.
    package func withdraw(_ name: CertificateName) {
        write(Array(name.text.utf8), at: .withdrawn(name))
    }

    package func restore(_ name: CertificateName) {
        write(nil, at: .withdrawn(name))
    }

    /// Notes that what serves these names is about to change.
    package func unsettle(_ names: [CertificateName]) {
        for name in names { write(Array(name.text.utf8), at: .unsettled(name)) }
    }

    /// What serves these names is what is said of them.
    package func settle(_ names: [CertificateName]) {
        for name in names { write(nil, at: .unsettled(name)) }
    }

    /// Has `Registry.due` name this moment once it has come.
    package func remind(_ moment: DueMoment) {
        write(moment.recordValue, at: moment.key)
    }

    /// It was seen to, or is of no interest any more.
    package func settle(_ moment: DueMoment) {
        write(nil, at: moment.key)
    }

    /// Appends an event to the log with the commit; `cause`: nil for the caller's.
    package func record(
        _ kind: Event.Kind, about subject: Event.Subject, data: JSONValue,
        because cause: Event.Cause? = nil
    ) {
        events.append(
            PendingEvent(
                kind: kind, subject: subject, cause: cause ?? caller.cause, data: data))
    }

    /// The same with the object's snapshot as it is now.
    package func record(
        _ kind: Event.Kind, about object: some RegistryObject, because cause: Event.Cause? = nil
    ) {
        record(kind, about: object.subject, data: object.snapshot, because: cause)
    }
    /// The same, and in `changed` which of its members are not as in `earlier`.
    package func record<Object: RegistryObject>(
        _ kind: Event.Kind, about object: Object, since earlier: Object
    ) {
        var data = object.snapshot
        let changes = data.changes(since: earlier.snapshot)
            .filter { !["generation", "updated_at"].contains($0) }
        if case .object(var members) = data {
            members["changed"] = JSONValue(changes)
            data = .object(members)
        }
        record(kind, about: object.subject, data: data)
    }
}
