// SPDX-License-Identifier: Apache-2.0

/// Pieces of HTML and SVG, well-formed as XML is.
enum Markup {
    /// An element around what is markup already; without it, an empty one.
    static func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ content: String = ""
    ) -> String {
        let list = attributes.map { " \($0)=\"\(escaped($1))\"" }.joined()
        return content.isEmpty ? "<\(name)\(list)/>" : "<\(name)\(list)>\(content)</\(name)>"
    }

    /// An element around text.
    static func text(_ name: String, _ text: String, style: String? = nil) -> String {
        // An empty element that is not void must not be written as one: browsers would not close it.
        let content = text.isEmpty ? "\u{200B}" : escaped(text)
        return style.map { element(name, ["class": $0], content) } ?? element(name, [:], content)
    }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            // XML has no place for them.
            case "\u{0}"..<"\u{20}" where scalar != "\n" && scalar != "\t": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
