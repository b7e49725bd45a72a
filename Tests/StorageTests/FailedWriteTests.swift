// SPDX-License-Identifier: Apache-2.0
import Foundation
import Storage
import Testing

/// A write that fails at any of its steps leaves what was there, whole, and no debris.
@Suite struct FailedWriteTests {
    let directory: StoreDirectory
    let key: StorageKey

    init() throws {
        directory = try StoreDirectory()
        key = try #require(StorageKey("domains", "a.example.com"))
    }

    private func expectOldPair() throws {
        #expect(directory.text(of: "domains/a.example.com/chain.pem") == "chain 1")
        #expect(directory.text(of: "domains/a.example.com/key.pem") == "key 1")
        #expect(directory.text(of: "domains/a.example.com/certificate.json") == "metadata 1")
        #expect(try directory.names(in: "domains/a.example.com").count == 3)
    }

    @Test(arguments: 0...3)
    func `a file that cannot be written`(position: Int) async throws {
        let store = try directory.open()
        try await store.write(pair("1"), in: key)
        var files = pair("2")
        files.insert(StoredFile(String(repeating: "n", count: 300), []), at: position)
        await #expect(throws: StorageError.self) { try await store.write(files, in: key) }
        try expectOldPair()
        #expect(try directory.names(in: ".staging").isEmpty)
    }

    @Test func `no place to stage`() async throws {
        let store = try directory.open()
        try await store.write(pair("1"), in: key)
        try FileManager.default.removeItem(atPath: "\(directory.path)/.staging")
        await #expect(throws: StorageError.self) { try await store.write(pair("2"), in: key) }
        try expectOldPair()
    }

    @Test func `a collection that is a file`() async throws {
        let store = try directory.open()
        try directory.put("x", at: "domains")
        await #expect(throws: StorageError.self) { try await store.write(pair("1"), in: key) }
        #expect(directory.text(of: "domains") == "x")
        #expect(try directory.names(in: ".staging").isEmpty)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "mounting a tmpfs needs root"))
    func `a full disk is an ordinary error, and the next attempt works`() async throws {
        let disk = try SmallDisk(at: directory.path, kibibytes: 64)
        defer { disk.unmount() }
        let store = try directory.open()
        try await store.write(pair("1"), in: key)
        let big = StoredFile("chain.pem", [UInt8](repeating: 0x78, count: 100_000))
        await #expect {
            try await store.write([pair("2")[1], big], in: key)
        } throws: { error in
            (error as? StorageError)?.isOutOfSpace == true
        }
        try expectOldPair()
        #expect(try directory.names(in: ".staging").isEmpty)
        try await store.write(pair("3"), in: key)
        #expect(directory.text(of: "domains/a.example.com/chain.pem") == "chain 3")
    }
}
