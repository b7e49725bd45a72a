// SPDX-License-Identifier: Apache-2.0
import HTTP

/// Where requests for a domain go, as clients say it: an origin by `http`, `https` or `h2c`.
struct ApplicationURL {
    /// A name or an address.
    let host: String
    let port: UInt16

    static let bytesMax = 2048
    static let expected = "an http, https or h2c URL without path and query"

    init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        let isPriorKnowledge = text.lowercased().hasPrefix("h2c://")
        let url = HTTPURL(isPriorKnowledge ? "http://" + text.dropFirst(6) : text)
        guard let url, url.target == "/", url.port > 0 else { return nil }
        host = url.host
        port = url.port
    }
}
