// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Networking

/// What resolv.conf(5) says about servers. Search domains are of no use here: all names are whole.
package struct ResolverFile: Sendable, Hashable {
    /// In the order of the file. Addresses with a zone (`fe80::1%eth0`) are left out.
    package var servers: [SocketAddress]

    /// Reads the text of the file; what it does not know it passes over, as the C library does.
    /// A file without servers means the server on this host.
    package init(_ text: String) {
        servers = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2, words[0] == "nameserver",
                let ip = IPAddress(String(words[1]))
            else { continue }
            servers.append(SocketAddress(ip: ip, port: 53))
        }
        if servers.isEmpty {
            servers = [SocketAddress(ip: .v4(0x7f00_0001), port: 53)]
        }
    }

    /// Reads a file; blocks, so at start only. One that cannot be read is taken as empty.
    package init(path: String = "/etc/resolv.conf") {
        self.init((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
    }
}
