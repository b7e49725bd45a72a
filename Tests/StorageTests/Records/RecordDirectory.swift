// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Storage
import Testing

/// A directory of records for one test, removed at its end.
final class RecordDirectory {
    let path: String
    let loop: EventLoop

    init() throws {
        path = NSTemporaryDirectory() + "nameplate-records-\(UInt64.random(in: .min ... .max))"
        loop = try EventLoop(name: "storage")
    }

    deinit {
        loop.shutdown()
        try? FileManager.default.removeItem(atPath: path)
    }

    func open() throws -> RecordFiles {
        try RecordFiles(directory: path, on: loop)
    }
}

func key(_ text: String) -> RecordKey {
    guard let key = RecordKey(text) else { preconditionFailure("not a key: \(text)") }
    return key
}

extension RecordStore {
    /// Puts and removes, whatever is there; the revision.
    @discardableResult
    func write(_ writes: [String: String?]) async throws -> Revision {
        var transaction = RecordTransaction()
        for (text, value) in writes {
            transaction.writes.updateValue(value.map { Array($0.utf8) }, forKey: key(text))
        }
        guard case .committed(let revision) = try await commit(transaction) else {
            throw Unexpected()
        }
        return revision
    }

    func text(_ name: String) async throws -> String? {
        try await records([key(name)])[0].map { String(decoding: $0.value, as: UTF8.self) }
    }

    func keys(
        under prefix: String, after: String? = nil, order: RecordRange.Order = .ascending,
        limit: Int = 1000
    ) async throws -> [String] {
        let range = RecordRange(prefix: prefix, after: after.map { key($0) }, order: order)
        return try await records(in: range, limit: limit).map(\.key.text)
    }
}

struct Unexpected: Error {}
