// SPDX-License-Identifier: Apache-2.0
package import Registry

/// Reads the members of one JSON object: each by its type and within its bound. What nobody has asked for
/// in the end is an error (`finish`), or is a dialect's to give back (`unread`).
///
/// `null` counts as absent, but for `nullableString`.
package struct JSONFields: Sendable {
    /// Where the object stands in the body: `subject`; empty for the body itself.
    package let path: String
    private let members: [String: JSONValue]
    private var read: Set<String> = []

    /// Characters that a text may have unless it is said otherwise.
    package static let textMax = 1024
    /// Characters that a chain, a key or a certification request may have.
    package static let documentMax = 256 * 1024
    /// Elements that an array may have.
    package static let elementsMax = 100

    /// Reads a body. With `emptyIsObject` a body of no bytes counts as `{}`.
    package init(body: [UInt8], emptyIsObject: Bool = false) throws(FieldFault) {
        if body.isEmpty, emptyIsObject {
            self.init([:], at: "")
            return
        }
        let value: JSONValue
        do throws(JSONFault) { value = try JSONParser.parse(body) } catch {
            throw FieldFault(
                .malformed, "", "expected JSON: \(error.reason), at byte \(error.offset)")
        }
        guard case .object(let members) = value else {
            throw FieldFault(.malformed, "", "expected an object, found \(value.kindText)")
        }
        self.init(members, at: "")
    }

    package init(_ members: [String: JSONValue], at path: String) {
        self.members = members
        self.path = path
    }

    /// The path of a member, for faults.
    package func path(of name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    /// Whether there is a member of this name that is not null.
    package func contains(_ name: String) -> Bool {
        members[name].map { $0 != .null } ?? false
    }

    /// A fault about one of the members.
    package func invalid(_ name: String, _ reason: String) -> FieldFault {
        FieldFault(.invalid, path(of: name), reason)
    }

    // MARK: Texts

    package mutating func string(
        _ name: String, max: Int = JSONFields.textMax
    ) throws(FieldFault) -> String {
        guard let value = try optionalString(name, max: max) else {
            throw FieldFault(.missing, path(of: name), "expected a text, found nothing")
        }
        return value
    }

    package mutating func optionalString(
        _ name: String, max: Int = JSONFields.textMax
    ) throws(FieldFault) -> String? {
        guard let value = value(name) else { return nil }
        return try Self.string(value, at: path(of: name), max: max)
    }

    /// Nil: there is none; `.some(nil)`: it is null.
    package mutating func nullableString(
        _ name: String, max: Int = JSONFields.textMax
    ) throws(FieldFault) -> String?? {
        read.insert(name)
        guard let value = members[name] else { return nil }
        if value == .null { return .some(nil) }
        return try Self.string(value, at: path(of: name), max: max)
    }

    /// An array of texts; nil without one.
    package mutating func optionalStrings(
        _ name: String, count: Int = JSONFields.elementsMax, max: Int = JSONFields.textMax
    ) throws(FieldFault) -> [String]? {
        guard let elements = try optionalArray(name, count: count) else { return nil }
        var strings: [String] = []
        for (index, element) in elements.enumerated() {
            strings.append(
                try Self.string(element, at: "\(path(of: name))[\(index)]", max: max))
        }
        return strings
    }

    /// One of an enumeration's raw values; nil without one.
    package mutating func optionalCase<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Value.Type
    ) throws(FieldFault) -> Value? {
        guard let text = try optionalString(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            let all = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            throw invalid(name, "expected one of \(all)")
        }
        return value
    }

    // MARK: Numbers and booleans

    package mutating func optionalBool(_ name: String) throws(FieldFault) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let bool) = value else {
            throw FieldFault(
                .wrongType, path(of: name), "expected true or false, found \(value.kindText)")
        }
        return bool
    }

    package mutating func optionalInteger(
        _ name: String, in range: ClosedRange<Int>
    ) throws(FieldFault) -> Int? {
        guard let value = value(name) else { return nil }
        return try Self.integer(value, at: path(of: name), in: range)
    }

    package mutating func integer(
        _ name: String, in range: ClosedRange<Int>
    ) throws(FieldFault) -> Int {
        guard let value = try optionalInteger(name, in: range) else {
            throw FieldFault(.missing, path(of: name), "expected a number, found nothing")
        }
        return value
    }

    package mutating func optionalIntegers(
        _ name: String, in range: ClosedRange<Int>, count: Int = JSONFields.elementsMax
    ) throws(FieldFault) -> [Int]? {
        guard let elements = try optionalArray(name, count: count) else { return nil }
        var numbers: [Int] = []
        for (index, element) in elements.enumerated() {
            numbers.append(
                try Self.integer(element, at: "\(path(of: name))[\(index)]", in: range))
        }
        return numbers
    }

    // MARK: Arrays and objects

    package mutating func optionalArray(
        _ name: String, count: Int = JSONFields.elementsMax
    ) throws(FieldFault) -> [JSONValue]? {
        guard let value = value(name) else { return nil }
        guard case .array(let elements) = value else {
            throw FieldFault(
                .wrongType, path(of: name), "expected an array, found \(value.kindText)")
        }
        guard elements.count <= count else {
            throw FieldFault(
                .tooLong, path(of: name),
                "expected at most \(count) elements, found \(elements.count)")
        }
        return elements
    }

    /// The objects of an array; nil without one.
    package mutating func optionalObjects(
        _ name: String, count: Int = JSONFields.elementsMax
    ) throws(FieldFault) -> [JSONFields]? {
        guard let elements = try optionalArray(name, count: count) else { return nil }
        var objects: [JSONFields] = []
        for (index, element) in elements.enumerated() {
            objects.append(try Self.object(element, at: "\(path(of: name))[\(index)]"))
        }
        return objects
    }

    package mutating func optionalObject(_ name: String) throws(FieldFault) -> JSONFields? {
        guard let value = value(name) else { return nil }
        return try Self.object(value, at: path(of: name))
    }

    /// Whatever stands there.
    package mutating func value(_ name: String) -> JSONValue? {
        read.insert(name)
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    // MARK: What is left

    /// What nobody has asked for.
    package var unread: [String: JSONValue] {
        members.filter { !read.contains($0.key) }
    }

    /// Throws when there is something that nobody has asked for.
    package func finish() throws(FieldFault) {
        guard let name = unread.keys.min() else { return }
        let known = read.sorted().joined(separator: ", ")
        throw FieldFault(
            .unknown, path(of: name),
            known.isEmpty ? "expected no member" : "expected one of the members \(known)")
    }

    // MARK: One value

    private static func string(
        _ value: JSONValue, at path: String, max: Int
    ) throws(FieldFault) -> String {
        guard case .string(let text) = value else {
            throw FieldFault(.wrongType, path, "expected a text, found \(value.kindText)")
        }
        guard text.utf8.count <= max else {
            throw FieldFault(.tooLong, path, "expected at most \(max) bytes")
        }
        // NUL would end a text early wherever C reads it.
        guard !text.utf8.contains(0) else {
            throw FieldFault(.invalid, path, "expected a text without NUL")
        }
        return text
    }

    private static func integer(
        _ value: JSONValue, at path: String, in range: ClosedRange<Int>
    ) throws(FieldFault) -> Int {
        // JSON Schema: 1.0 is an integer too.
        let number: Int? =
            switch value {
            case .integer(let number): number
            case .number(let number): Int(exactly: number)
            default: nil
            }
        guard let number else {
            throw FieldFault(.wrongType, path, "expected a whole number, found \(value.kindText)")
        }
        guard range.contains(number) else {
            throw FieldFault(
                .invalid, path,
                "expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func object(
        _ value: JSONValue, at path: String
    ) throws(FieldFault) -> JSONFields {
        guard case .object(let members) = value else {
            throw FieldFault(.wrongType, path, "expected an object, found \(value.kindText)")
        }
        return JSONFields(members, at: path)
    }
}
