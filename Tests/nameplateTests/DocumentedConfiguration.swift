// SPDX-License-Identifier: Apache-2.0
import Foundation

/// `conf/nameplate.json5`, which explains every key to the user.
enum DocumentedConfiguration {
    static let file = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("conf/nameplate.json5").path

    static func text() throws -> String {
        try String(contentsOfFile: file, encoding: .utf8)
    }
}
