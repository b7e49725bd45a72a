// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Storage

/// The memory behind `Idempotency-Key`: by the key of an account, for a day.
///
/// `answer/<account>/key/<key>` holds the answer; `answer/<account>/order/<n>` the keys in the order in
/// which they came, which is the order in which they leave.
extension Registry {
    package func remembered(
        _ key: String, of account: String
    ) async throws(StorageError) -> RememberedAnswer? {
        let answer: RememberedAnswer? = try await value(at: .answer(key, of: account))
        guard let answer, clock() < answer.at.addingTimeInterval(RememberedAnswer.age) else {
            return nil
        }
        return answer
    }

    /// Remembers an answer, unless its body is too large. Old answers leave by the way.
    package func remember(
        _ answer: RememberedAnswer, as key: String, of account: String,
        countMax: Int = RememberedAnswer.countMax
    ) async throws {
        guard answer.body.count <= RememberedAnswer.bodyBytesMax else { return }
        let memory = AnswerMemory(account: account)
        let caller = Caller(account: account, actor: "edge", requestID: "")
        try await change(by: caller) { draft in
            let isKnown = try await draft.bytes(at: .answer(key, of: account)) != nil
            draft.write(answer.recordValue, at: .answer(key, of: account))
            guard !isKnown else { return }
            let last: Int = try await draft.value(at: memory.last) ?? 0
            draft.write((last + 1).recordValue, at: memory.last)
            draft.write(Array(key.asKeyPart.utf8), at: memory.order(last + 1))
            try await draft.prune(memory, through: last + 1 - countMax)
        }
    }
}

extension RegistryDraft {
    /// Drops some of the oldest, where they are too old or too many: more than one answer brings.
    fileprivate func prune(_ memory: AnswerMemory, through tooMany: Int) async throws(StorageError)
    {
        let range = RecordRange(prefix: memory.orderPrefix)
        for record in try await store.records(in: range, limit: 4) {
            let key = memory.answer(String(decoding: record.value, as: UTF8.self))
            let answer: RememberedAnswer? = try await value(at: key)
            let isOld =
                answer.map { $0.at.addingTimeInterval(RememberedAnswer.age) <= now } ?? true
            let isTooMany =
                Int(lastPartOf: record.key).map { $0 <= tooMany } ?? true
            guard isOld || isTooMany else { return }
            write(nil, at: record.key)
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
