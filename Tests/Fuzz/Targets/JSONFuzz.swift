// SPDX-License-Identifier: Apache-2.0
import Management

/// Bodies of the management API.
enum JSONFuzz {
    static func run(_ input: [UInt8]) {
        guard let value = try? JSONParser.parse(input) else { return }
        let text = value.text
        guard let again = try? JSONParser.parse(text) else {
            preconditionFailure("a value that was read cannot be written")
        }
        // Not the values: 1.0 is written as 1.
        precondition(again.text == text, "a value changes on its way")
    }
}
