// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// What can be read from a value of the configuration.
protocol ConfigurationValue {
    /// The value at `cursor`; nil when it is not one, and then the cursor was told why.
    static func read(_ cursor: ConfigurationCursor) -> Self?
}

/// The keys of one object of the configuration: the field's name, and the key as raw value.
protocol ConfigurationKey: RawRepresentable<String>, CaseIterable, Sendable {}

/// A place in the configuration that knows its key path, and to whom mistakes are reported.
struct ConfigurationCursor {
    let value: JSON5Value
    let path: String
    let report: ConfigurationReport

    init(_ value: JSON5Value, path: String = "", report: ConfigurationReport) {
        self.value = value
        self.path = path
        self.report = report
    }

    /// Says that something else was expected here.
    func expected(_ what: String) {
        problem("expected \(what), found \(value.summary)")
    }

    /// Says what is wrong with the value here.
    func problem(_ sentence: String) {
        report.add(.init(line: value.line, keyPath: path, sentence: sentence))
    }

    /// The members by key. Keys that nobody knows, or that stand there twice, are reported.
    func object<Key: ConfigurationKey>(_ keys: Key.Type) -> ConfigurationObject<Key>? {
        guard case .object(let members) = value.kind else {
            expected("an object with the keys \(Self.list(keys.allCases.map(\.rawValue)))")
            return nil
        }
        var cursors: [String: ConfigurationCursor] = [:]
        for member in members {
            let cursor = ConfigurationCursor(
                member.value, path: child(named: member.name), report: report)
            if Key(rawValue: member.name) == nil {
                reportUnknown(member, known: keys.allCases.map(\.rawValue))
            } else if cursors.updateValue(cursor, forKey: member.name) != nil {
                reportTwice(member)
            }
        }
        return ConfigurationObject(cursor: self, members: cursors)
    }

    /// The members of an object whose keys are names of the operator's; nil when this is no object.
    func namedMembers(
        such example: String
    ) -> [(name: String, cursor: ConfigurationCursor)]? {
        guard case .object(let members) = value.kind else {
            expected("an object with keys such as \(example)")
            return nil
        }
        return members.map { member in
            let path = child(named: JSON5Value.quoted(member.name))
            return (member.name, ConfigurationCursor(member.value, path: path, report: report))
        }
    }

    /// A cursor on each element; nil when this is no list.
    func elements(of what: String) -> [ConfigurationCursor]? {
        guard case .array(let elements) = value.kind else {
            expected("a list of \(what)")
            return nil
        }
        return elements.enumerated().map(element)
    }

    /// A cursor on an element of the list here.
    func element(_ index: Int, _ element: JSON5Value) -> ConfigurationCursor {
        ConfigurationCursor(element, path: "\(path)[\(index)]", report: report)
    }

    /// A cursor on the value of a member of the object here, whatever its name.
    func member(_ member: JSON5Value.Member) -> ConfigurationCursor {
        ConfigurationCursor(member.value, path: child(named: member.name), report: report)
    }

    /// The path of a key of this object.
    func child(named name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    private func reportUnknown(_ member: JSON5Value.Member, known: [String]) {
        let advice =
            Spelling.nearest(to: member.name, among: known).map { "did you mean \"\($0)\"?" }
            ?? "known here: \(Self.list(known))"
        report.add(
            .init(
                line: member.line, keyPath: child(named: member.name),
                sentence: "there is no such key; \(advice)"))
    }

    private func reportTwice(_ member: JSON5Value.Member) {
        report.add(
            .init(
                line: member.line, keyPath: child(named: member.name),
                sentence: "expected the key once, found it twice"))
    }

    private static func list(_ names: [String]) -> String {
        names.sorted().joined(separator: ", ")
    }
}

/// An object whose keys are known; what is absent or null leaves the default alone.
struct ConfigurationObject<Key: ConfigurationKey> {
    fileprivate let cursor: ConfigurationCursor
    fileprivate let members: [String: ConfigurationCursor]

    fileprivate init(cursor: ConfigurationCursor, members: [String: ConfigurationCursor]) {
        self.cursor = cursor
        self.members = members
    }

    /// Where the key's value is; nil when it is absent or null.
    func cursor(_ key: Key) -> ConfigurationCursor? {
        guard let cursor = members[key.rawValue], cursor.value.kind != .null else { return nil }
        return cursor
    }

    /// The value of an optional key.
    func read<Value: ConfigurationValue>(_ key: Key, as type: Value.Type = Value.self) -> Value? {
        cursor(key).flatMap(Value.read)
    }

    /// The value of a key that must be there.
    func require<Value: ConfigurationValue>(_ key: Key, _ example: String) -> Value? {
        guard let place = cursor(key) else {
            expect(key, example)
            return nil
        }
        return Value.read(place)
    }

    /// Reports a list that is written out and empty.
    func requireContents(of key: Key, _ what: String) {
        if let place = cursor(key), place.value.kind == .array([]) { place.expected(what) }
    }

    /// Says that something else was expected of a key, or that it is missing.
    func expect(_ key: Key, _ example: String) {
        if let place = cursor(key) { return place.expected(example) }
        cursor.report.add(
            .init(
                line: cursor.value.line, keyPath: cursor.child(named: key.rawValue),
                sentence: "required, expected \(example), found nothing"))
    }

    /// Replaces the default in `field` by the key's value.
    func read<Value: ConfigurationValue>(_ key: Key, into field: inout Value) {
        if let value: Value = read(key) { field = value }
    }

    /// The same for a field whose default is "none".
    func read<Value: ConfigurationValue>(_ key: Key, into field: inout Value?) {
        if let value: Value = read(key) { field = value }
    }

    /// The same with bounds, both inclusive, which the message names as `described`.
    func read<Value: ConfigurationValue & Comparable>(
        _ key: Key, into field: inout Value, in bounds: ClosedRange<Value>, described: String
    ) {
        guard let value: Value = read(key) else { return }
        if bounds.contains(value) {
            field = value
        } else {
            cursor(key)?.expected(described)
        }
    }

    /// The same for numbers, which describe themselves.
    func read(_ key: Key, into field: inout Int, in bounds: ClosedRange<Int>) {
        let described = "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        read(key, into: &field, in: bounds, described: described)
    }

    /// The same for a duration whose default is "none".
    func read(_ key: Key, into field: inout Duration?, in bounds: ClosedRange<Duration>) {
        guard cursor(key) != nil else { return }
        var value = bounds.lowerBound
        read(key, into: &value, in: bounds)
        field = value
    }

    /// The same for durations.
    func read(_ key: Key, into field: inout Duration, in bounds: ClosedRange<Duration>) {
        let lower = DurationText.text(bounds.lowerBound)
        let upper = DurationText.text(bounds.upperBound)
        let described = "a duration from \"\(lower)\" to \"\(upper)\""
        read(key, into: &field, in: bounds, described: described)
    }
}

/// Collects the mistakes of one reading, and lends what lies outside of the file.
///
/// Lives within one call of `Configuration.read`.
final class ConfigurationReport {
    private var found: [ConfigurationProblem] = []
    /// What `{ env: "NAME" }` reads.
    let environment: [String: String]

    init(environment: [String: String]) {
        self.environment = environment
    }

    /// In the order of the file.
    var problems: [ConfigurationProblem] {
        found.enumerated()
            .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
            .map(\.element)
    }

    func add(_ problem: ConfigurationProblem) {
        found.append(problem)
    }
}
