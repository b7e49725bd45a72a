// SPDX-License-Identifier: Apache-2.0
@testable import HTTP

/// Random requests and answers: names and values that come again, and some that do not.
struct RandomLists {
    private var random: SeededGenerator

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    mutating func next() -> HeaderList {
        var list: HeaderList = []
        if Bool.random(using: &random) {
            list = [
                ListedField(":method", pick(["GET", "POST", "PURGE"])),
                ListedField(":scheme", pick(["https", "http"])),
                ListedField(":authority", pick(["a.example", "b.example:8443"])),
                ListedField(":path", "/" + text(upTo: 40)),
            ]
        } else {
            list = [ListedField(":status", String(Int.random(in: 100...599, using: &random)))]
        }
        for _ in 0..<Int.random(in: 0..<14, using: &random) {
            let name = pick([
                "accept", "accept-encoding", "etag", "cookie", "server", "date", "x-a", "x-b",
                "x-forwarded-for", "last-modified", "content-length", "authorization", "link",
                "n\(Int.random(in: 0..<200, using: &random))",
            ])
            let value = pick([
                "", "1", "gzip, deflate", "text/html; charset=utf-8", text(upTo: 30),
                text(upTo: Int.random(in: 0..<20, using: &random) == 0 ? 5000 : 100),
            ])
            list.append(ListedField(name, value))
        }
        return list
    }

    private mutating func pick(_ texts: [String]) -> String {
        texts[Int.random(in: 0..<texts.count, using: &random)]
    }

    /// Visible characters, sometimes beyond ASCII.
    private mutating func text(upTo count: Int) -> String {
        let last: UInt8 = Int.random(in: 0..<5, using: &random) == 0 ? 0xff : 0x7e
        let bytes = (0..<Int.random(in: 0...count, using: &random)).map { _ in
            let byte = UInt8.random(in: 0x21...last, using: &random)
            return byte == 0x7f ? 0x21 : byte
        }
        return String(latin1: bytes)
    }
}
