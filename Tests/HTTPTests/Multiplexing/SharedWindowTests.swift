// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

@Suite struct SharedWindowTests {
    /// The window of the connection is 1 MiB; what these leave behind would fill it three times.
    @Test func `content that a stream leaves unread is not in the others' way`() async throws {
        try await onLoop { loop in
            let pair = try await EndpointPair(on: loop) { bound in
                let stream = bound.value
                stream.allow(.seconds(20))
                if stream.request.pathText == "/left" {
                    try await stream.waitForContent()
                    return stream.reset(.cancel)
                }
                var count = 0
                while true {
                    do { try await stream.waitForContent() } catch { break }
                    guard stream.contentCount > 0 else { break }
                    count += stream.contentCount
                    stream.consumeContent(stream.contentCount)
                }
                try await stream.sendHead(ends: true) {
                    $0.append(status: count == 3 << 20 ? 200 : 500)
                }
            }
            let piece = [UInt8](repeating: 0x78, count: 64 * 1024)
            for _ in 0..<48 {
                let stream = try #require(pair.post("/left"))
                stream.allow(.seconds(20))
                try await stream.send(piece.count, ends: false) { count, send in
                    send(piece.span.extracting(first: count))
                }
                await #expect(throws: (any Error).self) { try await stream.receiveAnswer() }
            }
            let last = try #require(pair.post("/read"))
            last.allow(.seconds(20))
            for number in 1...48 {
                try await last.send(piece.count, ends: number == 48) { count, send in
                    send(piece.span.extracting(first: count))
                }
            }
            let answer = try await last.receiveAnswer()
            #expect(answer.status == 200)
            pair.close()
        }
    }
}
