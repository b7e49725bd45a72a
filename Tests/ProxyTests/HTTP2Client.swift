// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// What a test does as an HTTP/2 client.
extension HTTP2Endpoint {
    struct Refused: Error {}

    /// Sends the head of a request.
    func ask(
        _ path: String, method: Method = .get, host: String = "shop.example.com",
        _ fields: [(String, String)] = [], protocolName: String? = nil, ends: Bool = true
    ) throws -> HTTP2Stream {
        let stream = open(ends: ends, method: method) { head in
            head.append(
                method: method.text.utf8.span, scheme: "https".utf8.span,
                authority: host.utf8.span, path: path.utf8.span)
            if let protocolName { head.append(protocolName: protocolName.utf8.span) }
            for (name, value) in fields {
                head.append(name: name.utf8.span, value: value.utf8.span)
            }
        }
        guard let stream else { throw Refused() }
        stream.deadline = .now + .seconds(120)
        return stream
    }
}

extension HTTP2Stream {
    /// The content that comes up to the end.
    func rest() async throws -> String {
        var text = ""
        while true {
            text += take()
            if hasEnded, contentCount == 0 { return text }
            try await waitForContent()
        }
    }

    /// The next `count` bytes, or what there is at the end.
    func read(_ count: Int) async throws -> String {
        var text = ""
        while text.utf8.count < count {
            text += take()
            if hasEnded { break }
            if text.utf8.count < count { try await waitForContent() }
        }
        return text
    }

    func send(_ text: String, ends: Bool = false) async throws {
        try await send(Array(text.utf8), ends: ends)
    }

    private func take() -> String {
        let count = contentCount
        guard count > 0 else { return "" }
        var bytes: [UInt8] = []
        withContent(count) { content in
            for index in content.indices { bytes.append(content[index]) }
        }
        consumeContent(count)
        return String(decoding: bytes, as: UTF8.self)
    }
}
