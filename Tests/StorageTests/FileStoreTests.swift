// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage
import Testing

@Suite struct FileStoreTests {
    let directory: StoreDirectory
    let key: StorageKey

    init() throws {
        directory = try StoreDirectory()
        key = try #require(StorageKey("domains", "a.example.com"))
    }

    @Test func `what was written is read back`() async throws {
        let store = try directory.open()
        try await store.write(pair("1"), in: key)
        let found = try await store.read(["chain.pem", "key.pem", "other"], in: key)
        #expect(found?.contents.count == 2)
        #expect(found?.contents["key.pem"] == Array("key 1".utf8))
        #expect(directory.text(of: "domains/a.example.com/certificate.json") == "metadata 1")
    }

    @Test func `what is absent is an answer`() async throws {
        let store = try directory.open()
        #expect(try await store.read(["chain.pem"], in: key) == nil)
        #expect(try await store.keys(in: "domains").isEmpty)
        #expect(try await store.versions(of: [key]) == [nil])
        try await store.remove(key)
    }

    @Test func `what has changed among many keys is told for each`() async throws {
        let store = try directory.open()
        let names = ["same", "changed", "absent", "unreadable", "unseen"]
        let keys = try names.map { try #require(StorageKey("domains", "\($0).example.com")) }
        for key in keys where key != keys[2] { try await store.write(pair("1"), in: key) }
        var known = try await store.versions(of: keys)
        known[4] = nil
        try await store.write(pair("2"), in: keys[1])
        try directory.put("x", at: "domains/unreadable.example.com/other/file")
        try FileManager.default.removeItem(
            atPath: "\(directory.path)/domains/unreadable.example.com/key.pem")
        try directory.put("x", at: "domains/unreadable.example.com/key.pem/file")
        let answers = try await store.changes(of: ["key.pem"], in: keys, since: known).map {
            switch $0 {
            case .unchanged: "unchanged"
            case .absent: "absent"
            case .files(let files):
                String(decoding: files.contents["key.pem"] ?? [], as: UTF8.self)
            case .unreadable(let error, _): String("\(error)".suffix(14))
            }
        }
        #expect(answers == ["unchanged", "key 2", "absent", "a regular file", "key 1"])
    }

    @Test func `keys are for us alone, chains for everyone, directories closed`() async throws {
        let store = try directory.open()
        try await store.write(pair("1"), in: key)
        #expect(try directory.mode(of: "domains/a.example.com/key.pem") == 0o600)
        #expect(try directory.mode(of: "domains/a.example.com/chain.pem") == 0o644)
        #expect(try directory.mode(of: "domains/a.example.com") == 0o700)
        #expect(try directory.mode(of: "") == 0o700)
    }

    @Test func `a write replaces the files as one and leaves nothing behind`() async throws {
        let store = try directory.open()
        try await store.write(pair("1"), in: key)
        try await store.write(pair("2"), in: key)
        #expect(directory.text(of: "domains/a.example.com/chain.pem") == "chain 2")
        #expect(directory.text(of: "domains/a.example.com/key.pem") == "key 2")
        #expect(try directory.names(in: "domains") == ["a.example.com"])
        #expect(try directory.names(in: ".staging").isEmpty)
    }

    @Test func `other files in the directory are carried over`() async throws {
        let store = try directory.open()
        try directory.put("keep me", at: "domains/a.example.com/NOTES")
        try directory.put("old", at: "domains/a.example.com/chain.pem")
        try await store.write([StoredFile("chain.pem", Array("new".utf8))], in: key)
        #expect(directory.text(of: "domains/a.example.com/NOTES") == "keep me")
        #expect(directory.text(of: "domains/a.example.com/chain.pem") == "new")
    }

    @Test func `a directory among the files is not lost but named`() async throws {
        let store = try directory.open()
        try directory.put("x", at: "domains/a.example.com/backup/key.pem")
        await #expect(throws: StorageError.self) { try await store.write(pair("1"), in: key) }
        #expect(directory.text(of: "domains/a.example.com/backup/key.pem") == "x")
        #expect(try directory.names(in: ".staging").isEmpty)
    }

    @Test func `a removed key is gone with its files`() async throws {
        let store = try directory.open()
        try await store.write(pair("1"), in: key)
        try await store.remove(key)
        #expect(try await store.read(["chain.pem"], in: key) == nil)
        #expect(try directory.names(in: ".staging").isEmpty)
    }

    @Test func `keys are listed, hidden directories are not`() async throws {
        let store = try directory.open()
        try await store.write(pair("1"), in: key)
        try directory.put("x", at: "domains/.hidden/chain.pem")
        try directory.put("x", at: "domains/*.example.org/chain.pem")
        let keys = try await store.keys(in: "domains").map(\.name).sorted()
        #expect(keys == ["*.example.org", "a.example.com"])
    }

    @Test func `a version changes with any file, by whomever`() async throws {
        let store = try directory.open()
        let written = try await store.write(pair("1"), in: key)
        #expect(try await store.versions(of: [key]) == [written])
        try directory.put("key 9", at: "domains/a.example.com/key.pem")
        let changed = try await store.versions(of: [key])
        #expect(changed != [written])
        #expect(try await store.read([], in: key)?.version == changed[0])
    }

    @Test func `a second store on the same root is refused`() throws {
        let first = try directory.open()
        defer { withExtendedLifetime(first) {} }
        #expect {
            try directory.open()
        } throws: { error in
            guard case StorageError.inUse(_, let holder) = error else { return false }
            return holder == "\(ProcessInfo.processInfo.processIdentifier)"
        }
    }

    @Test func `leftovers of a killed process go at the start`() throws {
        try directory.put("half", at: ".staging/abc/chain.pem")
        _ = try directory.open()
        #expect(try directory.names(in: ".staging").isEmpty)
    }

    @Test(arguments: [
        "", ".", "..", "a/b", ".hidden", "a b", "ä", String(repeating: "a", count: 256),
    ])
    func `a name that could lead elsewhere is no key`(name: String) {
        #expect(StorageKey("domains", name) == nil)
        #expect(StorageKey(name, "a.example.com") == nil)
    }

    @Test func `a pipe or an endless file is an error that names it`() async throws {
        let store = try directory.open()
        try await store.write(pair("1"), in: key)
        let pipe = "\(directory.path)/domains/a.example.com/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        await #expect(throws: StorageError.self) { try await store.read(["pipe"], in: key) }
        try directory.put(
            String(repeating: "x", count: FileStore.fileBytesMax + 1),
            at: "domains/a.example.com/chain.pem")
        await #expect(throws: StorageError.self) { try await store.read(["chain.pem"], in: key) }
        try directory.put(
            String(repeating: "x", count: FileStore.fileBytesMax),
            at: "domains/a.example.com/chain.pem")
        #expect(try await store.read(["chain.pem"], in: key)?.contents.count == 1)
    }
}

/// Writes that come together share the disk's waits, and nothing else.
@Suite struct BatchedWriteTests {
    @Test func `many writes at once are all there, one that fails harms no other`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.open()
        let outcomes = await withTaskGroup { group in
            for index in 0..<300 {
                group.addTask {
                    var files = pair("\(index)")
                    if index % 50 == 7 {
                        files.append(StoredFile(String(repeating: "n", count: 300), []))
                    }
                    let key = StorageKey("domains", "\(index).example.com")!
                    return (index, (try? await store.write(files, in: key)) != nil)
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for index in 0..<300 {
            #expect(outcomes[index] == (index % 50 != 7))
            let text = directory.text(of: "domains/\(index).example.com/key.pem")
            #expect(text == (index % 50 == 7 ? nil : "key \(index)"))
        }
        #expect(try directory.names(in: ".staging").isEmpty)
    }

    @Test func `writes to one key take effect in their order, and each keeps the other's files`()
        async throws
    {
        let directory = try StoreDirectory()
        let store = try directory.open()
        let key = try #require(StorageKey("domains", "a.example.com"))
        await withTaskGroup { group in
            for index in 0..<50 {
                group.addTask {
                    _ = try? await store.write(
                        pair("\(index)") + [StoredFile("extra\(index)", [])], in: key)
                }
            }
        }
        let chain = try #require(directory.text(of: "domains/a.example.com/chain.pem"))
        let number = chain.split(separator: " ")[1]
        #expect(directory.text(of: "domains/a.example.com/key.pem") == "key \(number)")
        #expect(try directory.names(in: "domains/a.example.com").count == 53)
    }
}
