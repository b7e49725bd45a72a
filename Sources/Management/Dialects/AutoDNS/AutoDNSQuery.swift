// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Storage

/// What a `_search` asks for: AutoDNS' `Query`.
struct AutoDNSQuery: Sendable {
    /// All of them have to hold.
    let conditions: [Condition]
    /// Which of the objects that are found, from 0.
    let range: Range<Int>
    /// Of their numbers.
    let order: RecordRange.Order

    /// `{"key": "name", "value": "www.example.com", "operator": "EQUAL"}`
    struct Condition: Sendable {
        let key: String
        let value: String
        let comparison: Comparison
        private let fields: JSONFields

        fileprivate init(_ filter: JSONFields, isFirst: Bool) throws(FieldFault) {
            var fields = filter
            key = try fields.string("key")
            value = try fields.string("value")
            comparison = try fields.optionalCase("operator", of: Comparison.self) ?? .equal
            let link = try fields.optionalString("link") ?? "AND"
            try fields.finish()
            guard isFirst || link == "AND" else { throw fields.invalid("link", "expected AND") }
            self.fields = fields
        }

        func invalid(_ member: String, _ reason: String) -> FieldFault {
            fields.invalid(member, reason)
        }

        /// The value as AutoDNS writes moments, or as its day alone.
        func date() throws(FieldFault) -> Date {
            guard let date = Date(offsetText: value) else {
                throw invalid("value", "expected a moment such as 2026-11-21T20:40:00.000+0000")
            }
            return date
        }
    }

    enum Comparison: String, CaseIterable, Sendable {
        case equal = "EQUAL"
        case like = "LIKE"
        case less = "LESS"
        case greater = "GREATER"
    }

    init(_ call: DialectCall) throws(FieldFault) {
        var fields = try call.fields()
        var conditions: [Condition] = []
        for filter in try fields.optionalObjects("filters", count: Self.conditionsMax) ?? [] {
            conditions.append(try Condition(filter, isFirst: conditions.isEmpty))
        }
        self.conditions = conditions
        var view = try fields.optionalObject("view") ?? JSONFields([:], at: "view")
        let limit =
            try view.optionalInteger("limit", in: 1...PageRequest.limitMax) ?? Self.limitDefault
        let offset = try view.optionalInteger("offset", in: 0...100_000_000) ?? 0
        _ = view.value("children")
        try view.finish()
        range = offset..<(offset + limit)
        var order = RecordRange.Order.ascending
        for element in try fields.optionalObjects("orders", count: 1) ?? [] {
            var element = element
            // Numbers are given in the order in which things are made.
            guard ["id", "created"].contains(try element.string("key")) else {
                throw element.invalid("key", "expected id or created")
            }
            if try element.optionalCase("type", of: Direction.self) == .descending {
                order = .descending
            }
            try element.finish()
        }
        self.order = order
        try fields.finish()
    }

    private enum Direction: String, CaseIterable {
        case ascending = "ASC"
        case descending = "DESC"
    }

    private static let limitDefault = 100
    private static let conditionsMax = 10
}
