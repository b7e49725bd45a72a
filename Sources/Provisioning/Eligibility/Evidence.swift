// SPDX-License-Identifier: Apache-2.0
package import DNS

/// The lookups behind a verdict, in the order in which they count.
package struct Evidence: Sendable {
    package var answers: [Answer]

    package init(_ answers: [Answer] = []) {
        self.answers = answers
    }

    /// One line a lookup: `shop.example.com A: CNAME a.example., 192.0.2.1 (127.0.0.1:53)`.
    package var lines: [String] { answers.map(\.description) }

    static func + (left: Evidence, right: [Answer]) -> Evidence {
        Evidence(left.answers + right)
    }
}

extension Evidence: Encodable {
    private enum Key: String, CodingKey {
        case name, type, found, tries
    }

    /// An array of `{ name, type, found, tries }`, all of them text.
    package func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        for answer in answers {
            var item = list.nestedContainer(keyedBy: Key.self)
            try item.encode(answer.question.name.description, forKey: .name)
            try item.encode(answer.question.type.description, forKey: .type)
            try item.encode(answer.summary, forKey: .found)
            try item.encode(answer.attempts.map(\.description), forKey: .tries)
        }
    }
}
