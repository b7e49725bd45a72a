// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import TLS

/// The members of a call's query, each by its type.
extension NativeCall {
    /// Which page of a list is wanted.
    func page() throws(ProblemDocument) -> PageRequest {
        let after = try text("after")
        if let after, !PageRequest.isCursor(after) {
            throw invalid("after", "expected `next` of the page before")
        }
        return PageRequest(
            after: after,
            limit: try integer("limit", in: 1...PageRequest.limitMax) ?? PageRequest.limitDefault)
    }

    func text(_ name: String, max: Int = JSONFields.textMax) throws(ProblemDocument) -> String? {
        guard let text = request.queryValue(name) else { return nil }
        guard (1...max).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw invalid(name, "expected 1 to \(max) bytes without NUL")
        }
        return text
    }

    /// Digits in base 16, in lower case.
    func hexadecimal(_ name: String, max: Int) throws(ProblemDocument) -> String? {
        guard let text = request.queryValue(name) else { return nil }
        let isHexadecimal = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
        guard (1...max).contains(text.utf8.count), isHexadecimal else {
            throw invalid(name, "expected 1 to \(max) hexadecimal digits in lower case")
        }
        return text
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(ProblemDocument) -> Int? {
        guard let text = request.queryValue(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw invalid(
                name, "expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func flag(_ name: String) throws(ProblemDocument) -> Bool {
        switch request.queryValue(name) {
        case nil, "false": return false
        case "true": return true
        default: throw invalid(name, "expected true or false")
        }
    }

    /// One of an enumeration's raw values.
    func value<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Value.Type
    ) throws(ProblemDocument) -> Value? {
        guard let text = request.queryValue(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            let all = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw invalid(name, "expected one of \(all)")
        }
        return value
    }

    /// Several of them, with commas between.
    func values<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Value.Type
    ) throws(ProblemDocument) -> [Value] {
        guard let text = request.queryValue(name) else { return [] }
        var values: [Value] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = Value(rawValue: String(part)) else {
                throw invalid(name, "expected values of the enumeration with commas between")
            }
            values.append(value)
        }
        return values
    }

    func host(_ name: String) throws(ProblemDocument) -> ServerName? {
        guard let text = request.queryValue(name) else { return nil }
        guard let value = NativeName.serverName(text) else {
            throw invalid(name, NativeName.expectedHost)
        }
        return value
    }

    func date(_ name: String) throws(ProblemDocument) -> Date? {
        guard let text = request.queryValue(name) else { return nil }
        guard let date = Timestamp.date(text) else {
            throw invalid(name, Timestamp.expected)
        }
        return date
    }

    func id<Kind: Numbered>(
        _ name: String, of kind: Kind.Type
    ) throws(ProblemDocument) -> ObjectNumber<Kind>? {
        guard let text = request.queryValue(name) else { return nil }
        guard let number = ObjectNumber<Kind>(identifier: text) else {
            throw invalid(name, "expected an id such as \(kind.identifierPrefix)_12")
        }
        return number
    }

    func invalid(_ name: String, _ reason: String) -> ProblemDocument {
        ProblemDocument(.invalidField, reason, field: name)
    }
}
