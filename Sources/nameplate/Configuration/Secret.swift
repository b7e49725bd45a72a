// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// A text that must never be printed: descriptions and mirrors of it show nothing.
struct Secret: Equatable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    let text: String

    init(_ text: String) {
        self.text = text
    }

    var description: String { "(secret)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: ConfigurationValue {
    private enum Key: String, ConfigurationKey {
        case env
        case file
    }

    /// The text itself, `{ env: "NAME" }` or `{ file: "path" }`. No message repeats it.
    static func read(_ cursor: ConfigurationCursor) -> Secret? {
        switch cursor.value.kind {
        case .string(let text) where !text.isEmpty: return Secret(text)
        case .object:
            guard let object = cursor.object(Key.self) else { return nil }
            return read(object, at: cursor)
        default:
            cursor.problem(
                "expected a text, { env: \"NAME\" } or { file: \"path\" }, found something else")
            return nil
        }
    }

    private static func read(
        _ object: ConfigurationObject<Key>, at cursor: ConfigurationCursor
    ) -> Secret? {
        switch (object.cursor(.env), object.cursor(.file)) {
        case (let place?, nil):
            guard let name = String.read(place) else { return nil }
            if let value = cursor.report.environment[name], !value.isEmpty { return Secret(value) }
            place.problem("expected the environment variable \(name) to be set, found it empty")
            return nil
        case (nil, let place?):
            guard let file = TextFile.read(place) else { return nil }
            let text = file.text.trimmingSuffix { $0.isNewline }
            if !text.isEmpty { return Secret(String(text)) }
            place.problem("expected a secret in \(JSON5Value.quoted(file.path)), found it empty")
            return nil
        default:
            cursor.problem("expected either env or file, found both or neither")
            return nil
        }
    }
}

extension StringProtocol {
    fileprivate func trimmingSuffix(while unwanted: (Character) -> Bool) -> SubSequence {
        var rest = self[...]
        while let last = rest.last, unwanted(last) { rest.removeLast() }
        return rest
    }
}
