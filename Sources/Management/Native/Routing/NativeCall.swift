// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// One call of an operation: the request, who has sent it, and what its path names.
struct NativeCall: Sendable {
    let request: ManagementRequest
    /// nil on operations that anybody may call.
    let client: ManagementClient?
    let caller: Caller
    let services: NativeServices
    /// The parameters of the path.
    let parameters: [String: String]

    var lifecycle: Lifecycle { services.lifecycle }

    // MARK: The path

    /// The number of the object that the path names. What is no id of that kind is not found.
    func number<Kind>(
        _ parameter: String, of kind: Kind.Type
    ) throws(ProblemDocument)
        -> ObjectNumber<Kind>
    {
        let text = parameters[parameter] ?? ""
        guard let number = NativeID.number(text, of: kind) else {
            throw .notFound(
                "There is no \(parameter) of that name; ids begin with "
                    + "\(NativeID.prefix(of: kind)).")
        }
        return number
    }

    /// The domain that the path names, by its id or its name.
    func domain() throws(ProblemDocument) -> DomainReference {
        let text = parameters["domain"] ?? ""
        if let number = NativeID.number(text, of: Domain.self) { return .number(number) }
        guard let name = CertificateName(text), name.text == text else {
            throw .notFound("There is no domain of that name.")
        }
        return .name(name)
    }

    // MARK: The query

    /// Which page of a list is wanted.
    func page() throws(ProblemDocument) -> PageRequest {
        PageRequest(
            after: request.queryValue("after"),
            limit: try integer("limit", in: 1...PageRequest.limitMax) ?? PageRequest.limitDefault)
    }

    /// A parameter that is a whole number.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(ProblemDocument) -> Int? {
        guard let text = request.queryValue(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw invalid(
                name, "expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A parameter that is one of an enumeration's raw values.
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

    func flag(_ name: String) throws(ProblemDocument) -> Bool {
        switch request.queryValue(name) {
        case nil, "false": return false
        case "true": return true
        default: throw invalid(name, "expected true or false")
        }
    }

    func text(_ name: String, max: Int = JSONFields.textMax) throws(ProblemDocument) -> String? {
        guard let text = request.queryValue(name) else { return nil }
        guard (1...max).contains(text.utf8.count), !text.utf8.contains(0) else {
            throw invalid(name, "expected 1 to \(max) bytes without NUL")
        }
        return text
    }

    func serverName(_ name: String) throws(ProblemDocument) -> ServerName? {
        guard let text = request.queryValue(name) else { return nil }
        guard let value = ServerName(text) else {
            throw invalid(name, "expected a host name in its ASCII form")
        }
        return value
    }

    func date(_ name: String) throws(ProblemDocument) -> Date? {
        guard let text = request.queryValue(name) else { return nil }
        guard let date = Timestamp.date(text) else {
            throw invalid(name, "expected a time such as 2027-01-31T12:00:00Z")
        }
        return date
    }

    func numberParameter<Kind>(
        _ name: String, of kind: Kind.Type
    ) throws(ProblemDocument) -> ObjectNumber<Kind>? {
        guard let text = request.queryValue(name) else { return nil }
        guard let number = NativeID.number(text, of: kind) else {
            throw invalid(name, "expected an id such as \(NativeID.prefix(of: kind))12")
        }
        return number
    }

    func invalid(_ name: String, _ reason: String) -> ProblemDocument {
        ProblemDocument(.invalidField, reason, field: name)
    }

    // MARK: The body

    /// The members of the body; without one none.
    func fields() throws(FieldFault) -> JSONFields {
        try JSONFields(body: request.body, emptyIsObject: true)
    }
}

/// What the operations of the native API work with.
struct NativeServices: Sendable {
    let lifecycle: Lifecycle
    let settings: ManagementSettings
}
