// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Storage

/// The memory behind `Idempotency-Key`: by the key of an account, for a day.
///
/// `answer/<account>/key/<key>` holds a `RememberedRequest`; `answer/<account>/order/<n>` the keys in the
/// order in which they came, which is the order in which they leave.
extension Registry {
    package func remembered(
        _ key: String, of account: String
    ) async throws(StorageError) -> RememberedRequest? {
        let known: RememberedRequest? = try await value(at: .answer(key, of: account))
        guard let known, known.isKept(at: clock()) else { return nil }
        return known
    }

    /// Remembers the answer to a request of `caller`'s, unless its body is too large. Old ones leave by
    /// the way.
    package func remember(
        _ answer: RememberedRequest.Answer, to request: RepeatableRequest, by caller: Caller,
        countMax: Int = RememberedRequest.countMax
    ) async throws {
        guard answer.body.count <= RememberedRequest.bodyBytesMax else { return }
        try await change(by: caller.midway) { draft in
            try await draft.remember(request, answer: answer, countMax: countMax)
        }
    }
}

extension RegistryDraft {
    /// Notes with the commit what it has made for the request that it is made by, where that may come
    /// again. Throws `.repeated` when another request with its key was done meanwhile.
    func rememberRequest() async throws {
        guard let request = caller.request else { return }
        try await remember(request, answer: nil, countMax: RememberedRequest.countMax)
    }

    fileprivate func remember(
        _ request: RepeatableRequest, answer: RememberedRequest.Answer?, countMax: Int
    ) async throws {
        let key = RecordKey.answer(request.key, of: caller.account)
        let known: RememberedRequest? = try await value(at: key)
        var note = RememberedRequest(
            fingerprint: request.fingerprint, requestID: caller.requestID, at: now)
        if let known, known.isKept(at: now) {
            guard known.requestID == caller.requestID else { throw RegistryError.repeated }
            note = known
        }
        note.made.merge(made) { first, _ in first }
        if let answer { note.answer = answer }
        write(note.recordValue, at: key)
        guard known == nil else { return }
        let memory = AnswerMemory(account: caller.account)
        let last: Int = try await value(at: memory.last) ?? 0
        write((last + 1).recordValue, at: memory.last)
        write(Array(request.key.asKeyPart.utf8), at: memory.order(last + 1))
        try await prune(memory, through: last + 1 - countMax)
    }
}

extension RememberedRequest {
    fileprivate func isKept(at now: Date) -> Bool { now < at.addingTimeInterval(Self.age) }
}

extension RegistryDraft {
    /// Drops some of the oldest, where they are too old or too many: more than one request brings.
    fileprivate func prune(_ memory: AnswerMemory, through tooMany: Int) async throws(StorageError)
    {
        for (place, part) in try await values(under: memory.orderPrefix, limit: 4) {
            let key = memory.answer(String(decoding: part, as: UTF8.self))
            let request: RememberedRequest? = try await value(at: key)
            let isOld = !(request?.isKept(at: now) ?? false)
            let isTooMany =
                Int(lastPartOf: place).map { $0 <= tooMany } ?? true
            guard isOld || isTooMany else { return }
            write(nil, at: place)
            write(nil, at: key)
        }
    }
}

/// Where the answers of one account are.
private struct AnswerMemory {
    let account: String

    var last: RecordKey { RecordKey(path: "answer", account.asKeyPart, "last") }
    var orderPrefix: String { "answer/\(account.asKeyPart)/order/" }

    func order(_ place: Int) -> RecordKey {
        RecordKey(path: "answer", account.asKeyPart, "order", place.ordered)
    }

    func answer(_ keyPart: String) -> RecordKey {
        RecordKey(path: "answer", account.asKeyPart, "key", keyPart)
    }
}

extension RecordKey {
    fileprivate static func answer(_ key: String, of account: String) -> RecordKey {
        AnswerMemory(account: account).answer(key.asKeyPart)
    }
}
