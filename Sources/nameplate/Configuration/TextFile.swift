// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// A file that the configuration names, read when the configuration is.
///
/// A relative path starts at the working directory.
struct TextFile: Equatable, Sendable {
    let path: String
    let bytes: [UInt8]

    /// No certificate, key or secret is larger.
    static let longest = 1 << 20

    var text: String { String(decoding: bytes, as: UTF8.self) }

    init(path: String) throws(TextFileError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw TextFileError(path: path, error)
        }
        guard data.count <= Self.longest else {
            throw TextFileError(path: path, reason: "larger than \(Self.longest >> 20) MiB")
        }
        self.path = path
        bytes = Array(data)
    }
}

extension TextFile: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> TextFile? {
        guard case .string(let path) = cursor.value.kind, !path.isEmpty else {
            cursor.expected("the path of a file")
            return nil
        }
        do throws(TextFileError) {
            return try TextFile(path: path)
        } catch {
            cursor.problem("expected a readable file, found \(error.description)")
            return nil
        }
    }
}

/// Why a file could not be read, as a sentence's end: `"x.pem": no such file`.
struct TextFileError: Error, CustomStringConvertible {
    let path: String
    let reason: String

    init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    init(path: String, _ error: any Error) {
        let reason =
            switch (error as? CocoaError)?.code {
            case .fileNoSuchFile, .fileReadNoSuchFile: "no such file"
            case .fileReadNoPermission: "permission denied"
            case .fileReadUnknown: "not a file that can be read"
            default: "\(error)"
            }
        self.init(path: path, reason: reason)
    }

    var description: String { "\(JSON5Value.quoted(path)): \(reason)" }
}
