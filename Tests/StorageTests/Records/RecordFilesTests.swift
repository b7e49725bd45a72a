// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Storage
import Synchronization
import Testing

/// What holds of records in files beyond what every driver promises.
@Suite struct RecordFilesTests {
    let directory: RecordDirectory

    init() throws {
        directory = try RecordDirectory()
    }

    // MARK: Whatever happens

    /// Each seed is a life: commits, lists and starts in an order of its own.
    @Test(arguments: 1...12)
    func `the store is what a dictionary would be`(seed: UInt64) async throws {
        var life = try RecordLife(seed, directory)
        for _ in 0..<400 { try await life.step() }
        try await life.compareAll()
        await life.store.close()
    }

    // MARK: One commit for many

    @Test func `commits that come while the disk is busy share one frame`() async throws {
        let store = try directory.open()
        #expect(await store.commitAtOnce(200).allSatisfy { $0 })
        let bytes = try directory.bytes(of: "1.journal")
        let mark: [UInt8] = [0xff, 0x4e, 0x50, 0x4a]
        let frames = bytes.indices.count { bytes[$0...].starts(with: mark) }
        #expect(frames == 1)
        #expect(try await store.keys(under: "n/").count == 200)
    }

    @Test func `as many commits wait as there is room for, and the next is refused`()
        async throws
    {
        let store = try directory.open()
        let outcomes = await store.commitAtOnce(RecordFiles.waitingMax + 7)
        #expect(outcomes.count { $0 } == RecordFiles.waitingMax)
        #expect(try await store.write(["later": "1"]) > Revision(0))
    }

    // MARK: Bounds

    @Test func `a record that is written over and over takes little room`() async throws {
        var limits = RecordFiles.Limits.tiny
        limits.memoryBytes = 1 << 20
        let store = try directory.open(limits)
        for round in 0..<500 { try await store.write(["count": "\(round)"]) }
        try await directory.settled()
        let sizes = try directory.names().map { try directory.bytes(of: $0).count }
        #expect(sizes.reduce(0, +) < 2 * limits.journalBytes)
        #expect(try await store.text("count") == "499")
    }

    @Test func `what is removed leaves no trace in the tables`() async throws {
        let store = try directory.open(.tiny)
        for number in 0..<200 { try await store.write(["n/\(number)": "secret \(number)"]) }
        for number in 0..<200 { try await store.write(["n/\(number)": nil]) }
        for number in 0..<200 { try await store.write(["m/\(number)": "other"]) }
        try await directory.settled()
        // The oldest table, into which all others go in time.
        while try directory.tablesHold("secret") {
            try await store.write(["m/\(Int.random(in: 0..<200))": "other"])
        }
        #expect(try await store.keys(under: "n/").isEmpty)
        #expect(try await store.keys(under: "m/").count == 200)
    }

    @Test func `what was taken from the front of a queue is walked over once`() async throws {
        let store = try directory.open()
        let names = (0..<300).map { String(format: "queue/%06d", $0) }
        try await store.write(Dictionary(uniqueKeysWithValues: names.map { ($0, "x") }))
        let range = RecordRange(prefix: "queue/")
        for name in names.dropLast() {
            #expect(try await store.records(in: range, limit: 1).map(\.key.text) == [name])
            try await store.write([name: nil])
        }
        // 32 times 32 until there is a front, then two each.
        #expect(await store.recordsMet < 32 * 32 + 3 * names.count)

        // What comes before the front is seen, and what was removed there again is not.
        try await store.write([names[7]: "again"])
        #expect(
            try await store.records(in: range, limit: 2).map(\.key.text)
                == [names[7], names[299]])
        try await store.write([names[7]: nil, names[299]: nil])
        #expect(try await store.records(in: range, limit: 2).isEmpty)
        try await store.write([names[0]: "again"])
        #expect(try await store.records(in: range, limit: 2).map(\.key.text) == [names[0]])
    }

    @Test func `so many fronts are known, and no more`() {
        var fronts = RangeFronts()
        let prefixes = (0..<(2 * RangeFronts.countMax)).map { "\($0)/" }
        for prefix in prefixes { fronts.note(key(prefix + "b"), of: prefix) }
        let known = prefixes.filter { fronts.front(of: $0) != nil }
        #expect(known.count == RangeFronts.countMax)
        // A key behind a front, or of another range, is nothing to it.
        for prefix in known {
            fronts.put(key(prefix + "c"))
            fronts.put(key("a" + prefix))
            #expect(fronts.front(of: prefix) == key(prefix + "b"))
            fronts.put(key(prefix + "b"))
            #expect(fronts.front(of: prefix) == nil)
        }
    }

    @Test func `a hundred thousand records are found and listed`() async throws {
        let store = try directory.open()
        let value = String(repeating: "v", count: 60)
        for start in stride(from: 0, to: 100_000, by: 1000) {
            let names = (start..<start + 1000).map {
                ("d/\(1_000_000 + $0 * 7919 % 100_000)", value)
            }
            try await store.write(Dictionary(uniqueKeysWithValues: names))
        }
        await store.close()
        let again = try directory.open()
        #expect(try await again.text("d/1012345") == value)
        #expect(try await again.text("d/1100000") == nil)
        let page = try await again.keys(under: "d/", after: "d/1049999", limit: 3)
        #expect(page == ["d/1050000", "d/1050001", "d/1050002"])
        #expect(
            try await again.keys(under: "d/", order: .descending, limit: 2)
                == ["d/1099999", "d/1099998"])
    }

    // MARK: Who may read and write

    @Test func `the directory and its files are for us alone`() async throws {
        let store = try directory.open(.tiny)
        for number in 0..<50 { try await store.write(["n/\(number)": "value"]) }
        try await directory.settled()
        #expect(try !directory.names(ending: ".table").isEmpty)
        #expect(try mode(of: "") == 0o700)
        for name in try directory.names() { #expect(try mode(of: name) == 0o600, "\(name)") }
    }

    @Test func `a second store in the directory is refused until the first is closed`()
        async throws
    {
        let store = try directory.open()
        #expect(throws: StorageError.self) { try directory.open() }
        await store.close()
        _ = try directory.open()
        await #expect(throws: StorageError.self) { try await store.write(["a": "1"]) }
        await #expect(throws: StorageError.self) { try await store.text("a") }
    }

    @Test func `streams of changes end with the store`() async throws {
        var store: RecordFiles? = try directory.open()
        let there = try #require(store?.changes(under: "a/"))
        try await store?.write(["b/1": "1"])
        store = nil
        var told = 0
        for await _ in there { told += 1 }
        #expect(told == 0, "of another prefix")
    }

    private func mode(of name: String) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(
            atPath: "\(directory.path)/\(name)")
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }

    // MARK: A full disk

    @Test func `what fails while nobody waits for it is told once, until it works again`()
        async throws
    {
        let told = Failures()
        let store = try RecordFiles(
            directory: directory.path, limits: .tiny, on: directory.loop
        ) { _ in told.add() }
        // Where tables are to be there are folders.
        let blocked = (1...40).map { "\(directory.path)/\($0).table" }
        for path in blocked {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
        }
        // The table in memory is full, is frozen, and cannot be written; others are refused then.
        await #expect(throws: StorageError.self) {
            for number in 0..<100 {
                try await store.write(["n/\(number)": String(repeating: "v", count: 500)])
            }
        }
        for _ in 0..<5000 where told.count == 0 { try await Task.sleep(for: .milliseconds(2)) }
        #expect(told.count == 1)
        for path in blocked { try FileManager.default.removeItem(atPath: path) }
        try await store.write(["after": "1"])
        #expect(try await store.text("after") == "1")
        #expect(told.count == 1)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "mounting a tmpfs needs root"))
    func `a full disk refuses commits and keeps what was there; room makes it go on`()
        async throws
    {
        let disk = try SmallDisk(at: directory.path, kibibytes: 96)
        defer { disk.unmount() }
        var limits = RecordFiles.Limits.tiny
        limits.memoryBytes = 16_000
        limits.journalBytes = 16_000
        let store = try directory.open(limits)
        var written: [String] = []
        var error: (any Error)?
        while error == nil {
            let name = "n/\(1000 + written.count)"
            do {
                try await store.write([name: String(repeating: "v", count: 500)])
                written.append(name)
            } catch let refused {
                error = refused
            }
        }
        #expect((error as? StorageError)?.isOutOfSpace == true)
        #expect(written.count > 30)
        #expect(try await store.keys(under: "n/") == written)
        await store.close()

        let again = try directory.open(limits)
        #expect(try await again.keys(under: "n/") == written)
        await #expect(throws: StorageError.self) {
            for number in 0..<100 {
                try await again.write(["m/\(number)": String(repeating: "v", count: 900)])
            }
        }
        try disk.grow(kibibytes: 1024)
        for name in written { try await again.write([name: nil]) }
        try await again.write(["after": "1"])
        #expect(try await again.keys(under: "n/").isEmpty)
        #expect(try await again.text("after") == "1")
    }
}

/// Counts what was told.
private final class Failures: Sendable {
    private let told = Mutex(0)
    var count: Int { told.withLock(\.self) }
    func add() { told.withLock { $0 += 1 } }
}

extension RecordDirectory {
    fileprivate func tablesHold(_ text: String) throws -> Bool {
        try names(ending: ".table").contains { name in
            // Gone meanwhile: then it holds nothing.
            guard let bytes = try? bytes(of: name) else { return false }
            return String(decoding: bytes, as: UTF8.self).contains(text)
        }
    }
}

extension RecordFiles {
    /// Commits that are all asked for before the loop comes to the first; whether each was made.
    fileprivate func commitAtOnce(_ count: Int) async -> [Bool] {
        let tasks = (0..<count).map { number in
            Task {
                var transaction = RecordTransaction()
                transaction.writes = [key("n/\(number)"): [0x31]]
                return (try? await self.commit(transaction)) != nil
            }
        }
        var outcomes: [Bool] = []
        for task in tasks { outcomes.append(await task.value) }
        return outcomes
    }
}
