// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Networking

/// What hosts(5) says about names.
package struct HostsFile: Sendable, Hashable {
    private var entries: [DNSName: [IPAddress]] = [:]

    /// Reads the text of the file; lines that it cannot read it passes over.
    package init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, let ip = IPAddress(String(first)) else { continue }
            for name in words.dropFirst().compactMap({ DNSName(String($0)) }) {
                if entries[name, default: []].contains(ip) { continue }
                entries[name, default: []].append(ip)
            }
        }
    }

    /// Reads a file; blocks, so at start only. One that cannot be read is taken as empty.
    package init(path: String) {
        self.init((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
    }

    /// In the order of the file; empty for a name that is not in it.
    package func addresses(of name: DNSName) -> [IPAddress] {
        entries[name] ?? []
    }
}
