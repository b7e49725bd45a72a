// SPDX-License-Identifier: Apache-2.0

/// `Link` fields (RFC 8288 §3), as far as ACME uses them: absolute targets and their relation.
enum Link {
    /// The targets whose relation is `relation`, in order, from the values of all `Link` fields.
    static func targets(_ relation: String, in fields: [String]) -> [ResourceURL] {
        fields.flatMap(split).compactMap { link in
            guard let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"),
                open < close, relations(link[close...]).contains(relation)
            else { return nil }
            return ResourceURL(String(link[link.index(after: open)..<close]))
        }
    }

    /// Cuts at commas outside angle brackets and quotes.
    private static func split(_ field: String) -> [Substring] {
        var inTarget = false
        var inQuotes = false
        return field.split { character in
            switch character {
            case "<" where !inQuotes: inTarget = true
            case ">" where !inQuotes: inTarget = false
            case "\"" where !inTarget: inQuotes.toggle()
            default: return character == "," && !inTarget && !inQuotes
            }
            return false
        }
    }

    /// What the `rel` parameter lists.
    private static func relations(_ parameters: Substring) -> [String] {
        for parameter in parameters.split(separator: ";") {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " }).lowercased() == "rel" else {
                continue
            }
            let value = parts[1].filter { $0 != "\"" }
            return value.split(separator: " ").map { $0.lowercased() }
        }
        return []
    }
}
