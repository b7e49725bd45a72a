// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Networking
import Storage
import Testing

/// `kill -9` at any moment: what was answered is there, and no half of a commit.
@Suite(.serialized) struct RecordCrashTests {
    @Test(arguments: 0..<6)
    func `a writer that is killed leaves whole commits, and all that it was answered`(
        round: Int
    ) async throws {
        let directory = try RecordDirectory()
        let path = directory.path
        var next = 0
        for _ in 0..<2 {
            let (first, microseconds) = (next, UInt32.random(in: 1000...150_000))
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, first = first as Int, microseconds = microseconds as UInt32]
                in
                try await RecordWriter.run(at: path, from: first, for: microseconds)
            }
            let answered = try RecordWriter.answered(at: path)
            let store = try directory.open(.tiny)
            let last = try await store.text("last").flatMap { Int($0) } ?? -1
            #expect(last >= answered, "after \(microseconds) µs")
            let found = try await store.records(in: RecordRange(prefix: "n/"), limit: .max)
            #expect(found.map(\.key) == RecordWriter.names(upTo: last))
            await store.close()
            next = last + 1
        }
    }
}

/// The process that is killed: commits one after the other, each with two keys, removing the older.
private enum RecordWriter {
    private static let kept = 40

    static func run(at path: String, from first: Int, for microseconds: UInt32) async throws {
        let store = try RecordFiles(
            directory: path, limits: .tiny, on: EventLoop(name: "storage"))
        let answers = open("\(path)/answers", O_RDWR | O_CREAT, 0o600)
        Thread.detachNewThread {
            usleep(microseconds)
            kill(getpid(), SIGKILL)
        }
        for number in first... {
            var writes =
                ["n/\(1_000_000 + number)": "value \(number)", "last": "\(number)"]
                as [String: String?]
            if number >= kept {
                writes.updateValue(nil, forKey: "n/\(1_000_000 + number - kept)")
            }
            try await store.write(writes)
            let answer = Array("\(number)".utf8)
            pwrite(answers, answer, answer.count, 0)
        }
    }

    /// The last commit that was answered.
    static func answered(at path: String) throws -> Int {
        guard let text = FileManager.default.contents(atPath: "\(path)/answers") else { return -1 }
        return Int(String(decoding: text, as: UTF8.self)) ?? -1
    }

    static func names(upTo last: Int) -> [RecordKey] {
        last < 0 ? [] : (max(0, last - kept + 1)...last).map { key("n/\(1_000_000 + $0)") }
    }
}
