// SPDX-License-Identifier: Apache-2.0
import Registry
import TLS

/// The tag of what an object looks like: its generation, and a digest of the rest, since a certificate's
/// state changes with time (RFC 9110 §8.8.3).
struct EntityTag: Hashable {
    let text: String

    init(_ object: JSONValue) {
        let generation = object["generation"]?.integerValue ?? 0
        let digest = Base64URL.encode(Array(Digest.sha256(object.text).prefix(9)))
        text = "\"\(generation).\(digest)\""
    }

    /// Of what is always sent in the same words.
    init(_ body: [UInt8]) {
        text = "\"\(Base64URL.encode(Array(Digest.sha256(body).prefix(16))))\""
    }

    /// Whether a field names this one, or any.
    func isIn(_ field: EntityTags) -> Bool {
        switch field {
        case .any: true
        case .these(let tags): tags.contains { $0.text == text && !$0.isWeak }
        }
    }

    /// The same where tags count as equal that are weak (RFC 9110 §13.1.2).
    func isWeaklyIn(_ field: EntityTags) -> Bool {
        switch field {
        case .any: true
        case .these(let tags): tags.contains { $0.text == text }
        }
    }
}

/// What If-Match and If-None-Match hold (RFC 9110 §13.1).
enum EntityTags {
    case any
    /// With their quotation marks.
    case these([(text: String, isWeak: Bool)])

    static let pattern = "^(\\*|(\(one)( *, *\(one))*)?)$"
    private static let one = "(W/)?\"[!#-~]*\""

    /// Nil for what has not the form of `pattern`, tabs being blanks too.
    init?(_ field: String) {
        guard field != "*" else {
            self = .any
            return
        }
        var tags: [(text: String, isWeak: Bool)] = []
        var rest = Substring(field).utf8
        guard !rest.isEmpty else {
            self = .these([])
            return
        }
        repeat {
            if !tags.isEmpty { rest.removeFirst() }
            rest = rest.drop(while: Self.isBlank)
            let isWeak = rest.starts(with: "W/".utf8)
            if isWeak { rest.removeFirst(2) }
            guard rest.popFirst() == Self.quote else { return nil }
            let opaque = rest.prefix { (0x21...0x7e).contains($0) && $0 != Self.quote }
            rest = rest.dropFirst(opaque.count)
            guard rest.popFirst() == Self.quote else { return nil }
            tags.append(("\"\(Substring(opaque))\"", isWeak))
            rest = rest.drop(while: Self.isBlank)
        } while rest.first == UInt8(ascii: ",")
        guard rest.isEmpty else { return nil }
        self = .these(tags)
    }

    private static let quote = UInt8(ascii: "\"")

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}

extension NativeCall {
    /// One object, unless the client has it already.
    func object(_ object: JSONValue) throws(ProblemDocument) -> ManagementResponse {
        let tag = EntityTag(object)
        if let known = try tags("If-None-Match"), tag.isWeaklyIn(known) {
            return ManagementResponse(status: 304, fields: [("ETag", tag.text)])
        }
        return .json(200, object, fields: [("ETag", tag.text)])
    }

    /// The object after a change.
    func changed(_ object: JSONValue) -> ManagementResponse {
        .json(200, object, fields: [("ETag", EntityTag(object).text)])
    }

    /// A new object, and where it is.
    func created(_ object: JSONValue, at collection: String) -> ManagementResponse {
        let id = object["id"]?.stringValue ?? ""
        return .json(201, object, fields: [("Location", "/edge/v1/\(collection)/\(id)")])
    }

    /// The generation on which a change rests, where the client says on which.
    func expectedGeneration(of current: JSONValue) throws(ProblemDocument) -> Int? {
        guard let expected = try tags("If-Match") else { return nil }
        guard EntityTag(current).isIn(expected) else {
            throw ProblemDocument(.changedMeanwhile, "Its ETag is another one.")
        }
        return current["generation"]?.integerValue
    }

    private func tags(_ name: String) throws(ProblemDocument) -> EntityTags? {
        guard let field = request.field(name) else { return nil }
        guard let tags = EntityTags(field) else {
            throw invalid(name, "expected ETags in quotation marks, or *")
        }
        return tags
    }

    /// A page of a list, with a link to the next one (RFC 8288).
    func list(_ elements: [JSONValue], next: String?) -> ManagementResponse {
        var fields: [(name: String, value: String)] = []
        if let next {
            let query = (request.query.filter { $0.name != "after" } + [("after", next)])
                .map { "\(PercentCoding.encode($0.name))=\(PercentCoding.encode($0.value))" }
            let path = request.segments.map { PercentCoding.encode($0) }.joined(separator: "/")
            fields = [("Link", "</\(path)?\(query.joined(separator: "&"))>; rel=\"next\"")]
        }
        return .json(200, ["data": .array(elements), "next": JSONValue(next)], fields: fields)
    }
}
