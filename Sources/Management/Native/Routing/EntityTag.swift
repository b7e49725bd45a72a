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

    /// Whether a list of tags in a field has this one, or stands for any.
    func isIn(_ field: String) -> Bool {
        field.split(separator: ",").contains { part in
            let tag = part.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
            return tag == "*" || tag == text
        }
    }

    /// The same where tags count as equal that are weak (RFC 9110 §13.1.2).
    func isWeaklyIn(_ field: String) -> Bool {
        isIn(
            field.split(separator: ",").map { part in
                let tag = part.drop { $0 == " " }
                return String(tag.hasPrefix("W/") ? tag.dropFirst(2) : tag)
            }.joined(separator: ","))
    }
}

extension NativeCall {
    /// One object, unless the client has it already.
    func object(_ object: JSONValue) -> ManagementResponse {
        let tag = EntityTag(object)
        if let known = request.field("If-None-Match"), tag.isWeaklyIn(known) {
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
        guard let expected = request.field("If-Match") else { return nil }
        guard EntityTag(current).isIn(expected) else {
            throw ProblemDocument(.changedMeanwhile, "Its ETag is another one.")
        }
        return current["generation"]?.integerValue
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
