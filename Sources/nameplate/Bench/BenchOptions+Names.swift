// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// The file of `--sni-file`: one name a line. Blank lines and what begins with `#` do not count.
extension BenchOptions {
    static func names(file: String) throws(UsageError) -> [String] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UsageError(sentence: "--sni-file: cannot read \(file)")
        }
        let names = try names(in: String(decoding: data, as: UTF8.self), of: file)
        guard !names.isEmpty else {
            throw UsageError(sentence: "--sni-file: there is no name in \(file)")
        }
        return names
    }

    static func names(in text: String, of file: String) throws(UsageError) -> [String] {
        var names: [String] = []
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let name = line.trimmingPrefix(while: \.isWhitespace)
                .prefix { !$0.isWhitespace }
            guard !name.isEmpty, !name.hasPrefix("#") else { continue }
            guard Target.isHostName(String(name)) else {
                throw UsageError(
                    sentence: "\(file):\(index + 1): \(JSON5Value.quoted(String(name))) "
                        + "is no host name")
            }
            names.append(name.lowercased())
        }
        return names
    }
}
