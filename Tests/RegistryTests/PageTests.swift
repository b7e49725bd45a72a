// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Storage
import TLS
import Testing

struct PageTests {
    @Test(arguments: [1, 3, 4, 9, 10, 11])
    func `pages of any size are the whole list in its order`(_ limit: Int) async throws {
        let ledger = try Ledger()
        try await ledger.registerMany(10)
        for order in [RecordRange.Order.ascending, .descending] {
            var numbers: [Int] = []
            var page = PageRequest(limit: limit, order: order)
            repeat {
                let part = try await ledger.registry.domains(of: "main", page)
                #expect(part.elements.count <= limit)
                numbers += part.elements.map(\.number.value)
                page.after = part.next
            } while page.after != nil
            #expect(numbers == (order == .ascending ? Array(1...10) : (1...10).reversed()))
        }
    }

    @Test func `a list that is exactly one page has no next`() async throws {
        let ledger = try Ledger()
        try await ledger.registerMany(3)
        let page = try await ledger.registry.domains(of: "main", PageRequest(limit: 3))
        #expect(page.elements.count == 3)
        #expect(page.next == nil)
    }

    @Test(arguments: ["", "!", "YQ", "L2V0Yy9wYXNzd2Q", String(repeating: "a", count: 2000)])
    func `a cursor that is none leads to nothing of others`(_ cursor: String) async throws {
        let ledger = try Ledger()
        try await ledger.register("zz.example.com", of: "zz")
        let page = try await ledger.registry.domains(of: "main", PageRequest(after: cursor))
        #expect(page.elements.isEmpty)
    }

    @Test func `limits are held within bounds`() {
        #expect(PageRequest(limit: 0).limit == 1)
        #expect(PageRequest(limit: -5).limit == 1)
        #expect(PageRequest(limit: .max).limit == PageRequest.limitMax)
    }

    @Test func `one request looks at so many records, and says where to go on`() async throws {
        let ledger = try Ledger()
        try await ledger.registerMany(Registry.scanMax + 10)
        var filter = DomainFilter()
        filter.states = [.misrouted]
        let first = try await ledger.registry.domains(filter, of: "main", PageRequest())
        #expect(first.elements.isEmpty)
        let next = try #require(first.next)
        let second = try await ledger.registry.domains(filter, of: "main", PageRequest(after: next))
        #expect(second.elements.isEmpty)
        #expect(second.next == nil)
    }

    @Test func `numbered pages go by number, from either end, and end`() async throws {
        let ledger = try Ledger()
        for name in ["c.example.com", "a.example.com", "b.example.com"] {
            try await ledger.register(name)
        }
        let registry = ledger.registry
        let first = try await registry.domains(of: "main", page: 0, size: 2)
        #expect(first.elements.map(\.number.value) == [1, 2])
        #expect(first.total == 3)
        let newest = try await registry.domains(of: "main", page: 0, size: 2, order: .descending)
        #expect(newest.elements.map(\.number.value) == [3, 2])
        for page in [2, Int.max, Int.min] {
            let beyond = try await registry.domains(of: "main", page: page, size: 2)
            #expect(beyond.elements.isEmpty == (page > 0))
            #expect(beyond.total == 3)
        }
    }
}

extension Ledger {
    /// `d00001.example.com` and so on, numbered in their order.
    func registerMany(_ count: Int) async throws {
        for start in stride(from: 1, through: count, by: 200) {
            let caller = caller
            try await registry.change(by: caller) { draft in
                for index in start...min(start + 199, count) {
                    let digits = String(100_000 + index).dropFirst()
                    draft.put(
                        Domain(
                            number: try await draft.nextNumber(), account: "main",
                            name: try Ledger.name("d\(digits).example.com"), source: .api,
                            at: draft.now))
                }
            }
        }
    }
}
