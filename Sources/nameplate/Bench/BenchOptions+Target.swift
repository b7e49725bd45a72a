// SPDX-License-Identifier: Apache-2.0
import Networking

extension BenchOptions {
    /// A server to be measured: `127.0.0.1:8443`, `[::1]:8443` or `localhost:8443`.
    struct Target: Equatable {
        /// A name or an address without brackets.
        let host: String
        let port: UInt16
        /// The server's process, when its CPU time is wanted.
        var pid: Int32?
    }
}

extension BenchOptions.Target {
    /// nil when `text` is no host and port.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        let host = SocketAddress(text).map { "\($0.ip)" } ?? text[..<colon].lowercased()
        guard SocketAddress(text) != nil || Self.isHostName(host) else { return nil }
        self.init(host: host, port: port)
    }

    /// As the user wrote it.
    var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Letters, digits, hyphens and underscores between dots; one label will do, as in `localhost`.
    static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.allSatisfy {
                        $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0))
                    }
            }
    }
}
