// SPDX-License-Identifier: Apache-2.0
import Storage
import Testing

/// What `RecordStore` promises, asked of a driver through the protocol alone.
@Suite struct RecordStoreTests {
    let directory: RecordDirectory
    let store: any RecordStore

    init() throws {
        directory = try RecordDirectory()
        store = try directory.open()
    }

    @Test func `what was committed is read, and what was not is an answer`() async throws {
        let revision = try await store.write(["a/1": "one", "a/2": "two"])
        let found = try await store.records([key("a/2"), key("a/3"), key("a/1")])
        #expect(found.map { $0?.value } == [Array("two".utf8), nil, Array("one".utf8)])
        #expect(found[0]?.revision == revision)
        #expect(found[2]?.revision == revision)
    }

    @Test func `a value may be empty, and that is not the same as absent`() async throws {
        try await store.write(["empty": ""])
        #expect(try await store.text("empty") == "")
        #expect(try await store.text("absent") == nil)
    }

    @Test func `revisions grow, and a record keeps that of its last commit`() async throws {
        let first = try await store.write(["a": "1", "b": "1"])
        let second = try await store.write(["b": "2"])
        #expect(first < second)
        let found = try await store.records([key("a"), key("b")])
        #expect(found.map { $0?.revision } == [first, second])
    }

    @Test func `what is removed is gone, and may come again`() async throws {
        try await store.write(["a": "1", "b": "1"])
        try await store.write(["a": nil, "never": nil])
        #expect(try await store.text("a") == nil)
        #expect(try await store.keys(under: "") == ["b"])
        try await store.write(["a": "2"])
        #expect(try await store.text("a") == "2")
    }

    // MARK: Expectations

    @Test func `a commit with the revision that was read is made`() async throws {
        let revision = try await store.write(["a": "1"])
        var transaction = RecordTransaction()
        transaction.expectations = [key("a"): revision, key("b"): nil]
        transaction.writes = [key("a"): [0x32], key("b"): [0x33]]
        guard case .committed(let next) = try await store.commit(transaction) else {
            throw Unexpected()
        }
        #expect(revision < next)
        #expect(try await store.text("a") == "2")
        #expect(try await store.text("b") == "3")
    }

    @Test func `a commit that rests on an older state writes nothing`() async throws {
        let old = try await store.write(["a": "1"])
        let new = try await store.write(["a": "2"])
        for expected in [old, nil] {
            var transaction = RecordTransaction()
            transaction.expectations = [key("a"): expected]
            transaction.writes = [key("a"): [0x33], key("b"): [0x33]]
            #expect(try await store.commit(transaction) == .conflict(key("a")))
        }
        #expect(try await store.records([key("a")])[0]?.revision == new)
        #expect(try await store.text("b") == nil)
    }

    @Test func `a removed record is one that is not there`() async throws {
        let revision = try await store.write(["a": "1"])
        try await store.write(["a": nil])
        var transaction = RecordTransaction()
        transaction.writes = [key("a"): [0x32]]
        transaction.expectations = [key("a"): revision]
        #expect(try await store.commit(transaction) == .conflict(key("a")))
        transaction.expectations = [key("a"): nil]
        guard case .committed = try await store.commit(transaction) else { throw Unexpected() }
    }

    @Test func `of many who change one record at a time each sees the one before`() async throws {
        let rounds = 20
        let writers = 8
        try await withThrowingTaskGroup { group in
            for _ in 0..<writers {
                group.addTask { [store] in
                    for _ in 0..<rounds { try await Self.increment(key("count"), in: store) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.text("count") == "\(rounds * writers)")
    }

    private static func increment(_ key: RecordKey, in store: any RecordStore) async throws {
        while true {
            let found = try await store.records([key])[0]
            let count = found.flatMap { Int(String(decoding: $0.value, as: UTF8.self)) } ?? 0
            var transaction = RecordTransaction()
            transaction.expectations = [key: found?.revision]
            transaction.writes = [key: Array("\(count + 1)".utf8)]
            if case .committed = try await store.commit(transaction) { return }
        }
    }

    // MARK: Ranges

    @Test func `a range has the keys with its prefix in the order of their bytes`() async throws {
        let keys = ["a", "a/", "a/1", "a/10", "a/2", "a/Z", "a/a", "a/~", "a0", "b"]
        try await store.write(Dictionary(uniqueKeysWithValues: keys.map { ($0, $0) }))
        let inside = ["a/", "a/1", "a/10", "a/2", "a/Z", "a/a", "a/~"]
        #expect(try await store.keys(under: "a/") == inside)
        #expect(try await store.keys(under: "a/", order: .descending) == inside.reversed())
        #expect(try await store.keys(under: "") == keys)
        #expect(try await store.keys(under: "", order: .descending) == keys.reversed())
        #expect(try await store.keys(under: "c").isEmpty)
    }

    @Test func `a range goes on after a key, whether that is there or not`() async throws {
        try await store.write(["a/1": "", "a/3": "", "a/5": "", "b": ""])
        #expect(try await store.keys(under: "a/", after: "a/3") == ["a/5"])
        #expect(try await store.keys(under: "a/", after: "a/2") == ["a/3", "a/5"])
        #expect(try await store.keys(under: "a/", after: "a") == ["a/1", "a/3", "a/5"])
        #expect(try await store.keys(under: "a/", after: "z").isEmpty)
        #expect(try await store.keys(under: "a/", after: "a/3", order: .descending) == ["a/1"])
        #expect(
            try await store.keys(under: "a/", after: "a/4", order: .descending) == ["a/3", "a/1"])
        #expect(
            try await store.keys(under: "a/", after: "z", order: .descending)
                == ["a/5", "a/3", "a/1"])
        #expect(try await store.keys(under: "a/", after: "a", order: .descending).isEmpty)
    }

    @Test func `a range ends with its limit, not counting what was removed`() async throws {
        try await store.write(["a/1": "", "a/2": "", "a/3": "", "a/4": ""])
        try await store.write(["a/1": nil, "a/3": nil])
        #expect(try await store.keys(under: "a/", limit: 2) == ["a/2", "a/4"])
        #expect(try await store.keys(under: "a/", limit: 1) == ["a/2"])
        #expect(try await store.keys(under: "a/", order: .descending, limit: 1) == ["a/4"])
        #expect(try await store.keys(under: "a/", limit: 0).isEmpty)
    }

    // MARK: Bounds

    @Test func `the largest value and the most writes are taken, and no more`() async throws {
        try await store.write(["a": String(repeating: "v", count: Record.valueBytesMax)])
        await #expect(throws: StorageError.self) {
            try await store.write(["b": String(repeating: "v", count: Record.valueBytesMax + 1)])
        }
        let many = (0..<RecordTransaction.writesMax).map { ("many/\($0)", Optional("")) }
        try await store.write(Dictionary(uniqueKeysWithValues: many))
        await #expect(throws: StorageError.self) {
            try await store.write(Dictionary(uniqueKeysWithValues: many + [("one/more", "")]))
        }
        #expect(try await store.text("one/more") == nil)
        #expect(try await store.text("b") == nil)
        #expect(try await store.text("a")?.utf8.count == Record.valueBytesMax)
    }

    @Test(arguments: ["", "a b", "a\n", "ä", String(repeating: "k", count: 513)])
    func `what cannot be a key is none`(text: String) {
        #expect(RecordKey(text) == nil)
    }

    // MARK: Changes and leadership

    @Test func `a change under a prefix is told`() async throws {
        let changes = store.changes(under: "a/")
        try await store.write(["a/1": "1"])
        try await store.write(["a/1": nil])
        var iterator = changes.makeAsyncIterator()
        // However many there were meanwhile: one word of them.
        #expect(await iterator.next() != nil)
        try await store.write(["a/2": "1"])
        #expect(await iterator.next() != nil)
    }

    @Test func `who leads runs to the end`() async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
        try await store.whileLeading("renewal") {
            continuation.yield(1)
            continuation.finish()
        }
        #expect(await stream.reduce(0, +) == 1)
    }
}
