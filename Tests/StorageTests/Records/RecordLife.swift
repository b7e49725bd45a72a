// SPDX-License-Identifier: Apache-2.0
import Storage
import Testing

/// A store and what should be in it, through commits, lists and starts at random.
struct RecordLife {
    private struct Expected {
        var value: [UInt8]
        var revision: Revision
    }

    private(set) var store: RecordFiles
    private let directory: RecordDirectory
    private var random: SplitMix
    private var expected: [RecordKey: Expected] = [:]

    init(_ seed: UInt64, _ directory: RecordDirectory) throws {
        self.directory = directory
        store = try directory.open(.tiny)
        random = SplitMix(state: seed)
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<70: try await commit()
        case 70..<80: try await commitInVain()
        case 80..<88: try await compare(1)
        case 88..<97: try await list()
        default: try await startAgain()
        }
    }

    private mutating func name() -> RecordKey {
        let room = ["a/", "b/", "b/x/", ""][Int.random(in: 0..<4, using: &random)]
        return key("\(room)\(Int.random(in: 0..<60, using: &random))")
    }

    private mutating func value() -> [UInt8] {
        let count = Int.random(in: 0..<10, using: &random) == 0 ? 700 : 20
        return (0..<Int.random(in: 0...count, using: &random)).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
    }

    private mutating func commit() async throws {
        var transaction = RecordTransaction()
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            let removes = Int.random(in: 0..<3, using: &random) == 0
            transaction.writes.updateValue(removes ? nil : value(), forKey: name())
        }
        for _ in 0..<2 {
            let name = name()
            transaction.expectations.updateValue(expected[name]?.revision, forKey: name)
        }
        guard case .committed(let revision) = try await store.commit(transaction) else {
            throw Unexpected()
        }
        for (key, value) in transaction.writes {
            expected[key] = value.map { Expected(value: $0, revision: revision) }
        }
    }

    private mutating func commitInVain() async throws {
        let name = name()
        var transaction = RecordTransaction()
        transaction.writes = [self.name(): [1]]
        let isThere = expected[name] != nil
        transaction.expectations.updateValue(isThere ? nil : Revision(1), forKey: name)
        #expect(try await store.commit(transaction) == .conflict(name))
    }

    private mutating func startAgain() async throws {
        await store.close()
        store = try directory.open(.tiny)
    }

    private mutating func compare(_ count: Int) async throws {
        let names = (0..<count).map { _ in name() }
        let found = try await store.records(names)
        for (name, record) in zip(names, found) {
            #expect(record?.value == expected[name]?.value)
            #expect(record?.revision == expected[name]?.revision)
        }
    }

    private mutating func list() async throws {
        let prefix = ["", "a/", "b/", "b/x/", "b/x/1", "c"].randomElement(using: &random) ?? ""
        let order: RecordRange.Order = Bool.random(using: &random) ? .ascending : .descending
        let after = Bool.random(using: &random) ? name() : nil
        let limit = Int.random(in: 0...40, using: &random)
        let range = RecordRange(prefix: prefix, after: after, order: order)
        let found = try await store.records(in: range, limit: limit)
        #expect(found.map(\.key) == names(in: range, limit))
        #expect(found.allSatisfy { $0.value == expected[$0.key]?.value })
    }

    private func names(in range: RecordRange, _ limit: Int) -> [RecordKey] {
        let isAscending = range.order == .ascending
        let inside = expected.keys.filter { key in
            guard key.text.hasPrefix(range.prefix) else { return false }
            guard let after = range.after else { return true }
            return isAscending ? key > after : key < after
        }.sorted { isAscending ? $0 < $1 : $0 > $1 }
        return Array(inside.prefix(limit))
    }

    mutating func compareAll() async throws {
        try await startAgain()
        let all = try await store.records(in: RecordRange(prefix: ""), limit: .max)
        #expect(all.map(\.key) == expected.keys.sorted())
        #expect(all.allSatisfy { $0.value == expected[$0.key]?.value })
        #expect(all.allSatisfy { $0.revision == expected[$0.key]?.revision })
    }
}

/// Random numbers that a seed decides, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
