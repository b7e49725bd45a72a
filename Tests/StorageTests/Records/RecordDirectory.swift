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

    func open(_ limits: RecordFiles.Limits = RecordFiles.Limits()) throws -> RecordFiles {
        try RecordFiles(directory: path, limits: limits, on: loop)
    }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    func names(ending suffix: String) throws -> [String] {
        try names().filter { $0.hasSuffix(suffix) }
    }

    func bytes(of name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    func put(_ bytes: some Collection<UInt8>, as name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    /// Waits for the store's own work: one journal, and no more tables than a tiny store keeps.
    func settled() async throws {
        let tables = RecordFiles.Limits.tiny.tables
        for _ in 0..<5000 {
            let (journals, kept) = try (names(ending: ".journal"), names(ending: ".table"))
            if journals.count == 1, kept.count <= tables { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw Unexpected()
    }
}

extension RecordFiles.Limits {
    /// So small that a few dozen records are tables of several levels.
    static var tiny: Self {
        var limits = Self()
        limits.memoryBytes = 2000
        limits.journalBytes = 8000
        limits.blockBytes = 120
        limits.cacheBytes = 2000
        limits.stepBytes = 500
        limits.tables = 4
        limits.removals = 1
        return limits
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
