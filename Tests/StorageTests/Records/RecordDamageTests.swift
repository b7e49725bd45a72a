// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage
import Testing

/// What a crash leaves is taken up; what a disk or a person has changed is refused by name.
@Suite struct RecordDamageTests {
    let directory: RecordDirectory

    init() throws {
        directory = try RecordDirectory()
    }

    /// Three commits; the bytes of the journal, and where each frame ends.
    private func writeThree() async throws -> (bytes: [UInt8], ends: [Int]) {
        let store = try directory.open()
        var ends: [Int] = []
        for number in 1...3 {
            try await store.write(["n/\(number)": "value \(number)", "last": "\(number)"])
            ends.append(try directory.bytes(of: "1.journal").count)
        }
        await store.close()
        return (try directory.bytes(of: "1.journal"), ends)
    }

    /// How many of the commits are there, each whole.
    private func commits(in store: RecordFiles) async throws -> Int {
        let count = try await store.keys(under: "n/").count
        #expect(try await store.text("last") == (count == 0 ? nil : "\(count)"))
        return count
    }

    @Test func `a journal that ends anywhere has the commits before, and goes on`() async throws {
        let (bytes, ends) = try await writeThree()
        for end in 0...bytes.count {
            try directory.put(bytes[..<end], as: "1.journal")
            let store = try directory.open()
            let whole = ends.count { $0 <= end }
            #expect(try await commits(in: store) == whole, "cut at \(end)")
            try await store.write(["n/\(whole + 1)": "more", "last": "\(whole + 1)"])
            await store.close()
            let again = try directory.open()
            #expect(try await commits(in: again) == whole + 1, "cut at \(end)")
            await again.close()
        }
    }

    @Test func `a tail that the disk gave no contents is cut`() async throws {
        let (bytes, ends) = try await writeThree()
        for end in ends {
            let zeros = [UInt8](repeating: 0, count: 5000)
            try directory.put(bytes[..<end] + zeros, as: "1.journal")
            let store = try directory.open()
            #expect(try await commits(in: store) == ends.count { $0 <= end })
            await store.close()
            #expect(try directory.bytes(of: "1.journal").count == end)
        }
    }

    @Test func `a changed byte before the last frame is damage, and stays for a person to see`()
        async throws
    {
        let (bytes, ends) = try await writeThree()
        for index in 0..<ends[1] {
            var damaged = bytes
            damaged[index] ^= 0x10
            try directory.put(damaged, as: "1.journal")
            #expect("byte \(index)") {
                try directory.open()
            } throws: { error in
                "\(error)".contains("1.journal is damaged")
            }
            #expect(try directory.bytes(of: "1.journal") == damaged)
        }
    }

    @Test func `a changed byte of the manifest is damage`() async throws {
        let store = try directory.open(.tiny)
        for number in 0..<100 { try await store.write(["n/\(number)": "value"]) }
        await store.close()
        let bytes = try directory.bytes(of: "manifest")
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1
            try directory.put(damaged, as: "manifest")
            #expect("byte \(index)") {
                try directory.open(.tiny)
            } throws: { error in
                "\(error)".contains("manifest is damaged")
            }
        }
    }

    @Test(arguments: [".journal", ".table", "manifest"])
    func `a file that is missing is named`(suffix: String) async throws {
        let store = try directory.open(.tiny)
        for number in 0..<100 { try await store.write(["n/\(number)": "value"]) }
        try await directory.settled()
        await store.close()
        let name = try #require(try directory.names(ending: suffix).first)
        try FileManager.default.removeItem(atPath: "\(directory.path)/\(name)")
        #expect {
            try directory.open(.tiny)
        } throws: { error in
            "\(error)".contains(name)
        }
    }

    @Test func `a changed byte of a table is never read as a record`() async throws {
        let store = try directory.open(.tiny)
        for number in 0..<60 { try await store.write(["n/\(number)": "value \(number)"]) }
        try await directory.settled()
        await store.close()
        let before = try await contents()
        let name = try #require(try directory.names(ending: ".table").first)
        let bytes = try directory.bytes(of: name)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x01
            try directory.put(damaged, as: name)
            await #expect("byte \(index)") {
                _ = try await contents()
            } throws: { error in
                "\(error)".contains("\(name) is damaged")
            }
        }
        try directory.put(bytes, as: name)
        #expect(try await contents() == before)
        try directory.put(bytes.dropLast(), as: name)
        #expect(throws: StorageError.self) { try directory.open(.tiny) }
    }

    private func contents() async throws -> [Record] {
        let store = try directory.open(.tiny)
        let found: Result<[Record], any Error>
        do {
            found = .success(try await store.records(in: RecordRange(prefix: ""), limit: .max))
        } catch {
            found = .failure(error)
        }
        await store.close()
        return try found.get()
    }

    @Test func `files that belong to nobody go at the start, and others stay`() async throws {
        try await directory.open().close()
        for name in ["7.table", "0.journal", "manifest.new", "NOTES", "x.table"] {
            try directory.put([1, 2, 3], as: name)
        }
        let store = try directory.open()
        try await store.write(["a": "1"])
        #expect(
            try directory.names() == [
                "1.journal", "NOTES", "lock", "manifest", "manifest.new", "x.table",
            ]
        )
    }
}
