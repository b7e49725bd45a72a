// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Heads and bodies of HTTP/1.1. The first byte says what is read, the second how it is cut.
enum HTTP1Fuzz {
    static func run(_ input: [UInt8]) {
        guard input.count >= 2 else { return }
        let bytes = Array(input[2...])
        switch input[0] % 4 {
        case 0: request(bytes, seed: input[1])
        case 1: response(bytes, answering: input[0] & 4 == 0 ? .get : .head, seed: input[1])
        case 2: body(bytes, .chunked, seed: input[1])
        default: body(bytes, .length(UInt64(input[0])), seed: input[1])
        }
    }

    /// What became of an input; a head as it is written again.
    private enum Verdict: Equatable {
        case needsMore
        case reads([UInt8], left: Int)
        case fails(HTTP1Error)
    }

    // MARK: Heads

    private static func request(_ bytes: [UInt8], seed: UInt8) {
        var head = RequestHead()
        let verdict = readRequest(bytes, [bytes.count], into: &head)
        var again = RequestHead()
        let cut = readRequest(bytes, Pieces.lengths(of: bytes.count, seed: seed), into: &again)
        precondition(verdict == cut, "a cut changes what a request is")
        // CONNECT is not passed on, and a request of HTTP/1.0 may lack the Host that ours have.
        guard case .reads(let text, _) = verdict, head.targetForm != .authority,
            !head.hostText.isEmpty
        else { return }
        let reread = readRequest(text, [text.count], into: &again)
        precondition(reread == .reads(text, left: 0), "what is passed on is not what was read")
        precondition(again.framing == head.framing && again.hostText == head.hostText)
        precondition(again.methodText == head.methodText)
        precondition(again.pathText == head.pathText || head.targetForm == .absolute)
    }

    private static func readRequest(
        _ bytes: [UInt8], _ lengths: [Int], into head: inout RequestHead
    ) -> Verdict {
        var parser = RequestParser()
        return feed(bytes, lengths) { input throws(HTTP1Error) in
            guard case .complete(let consumed) = try parser.parse(input, into: &head) else {
                return nil
            }
            var written = ByteBuffer()
            written.append(head)
            return (written.take(written.readableCount), consumed)
        }
    }

    private static func response(_ bytes: [UInt8], answering method: Method, seed: UInt8) {
        var head = ResponseHead()
        let verdict = readResponse(bytes, [bytes.count], method, into: &head)
        var again = ResponseHead()
        let lengths = Pieces.lengths(of: bytes.count, seed: seed)
        let cut = readResponse(bytes, lengths, method, into: &again)
        precondition(verdict == cut, "a cut changes what a response is")
        guard case .reads(let text, _) = verdict else { return }
        let reread = readResponse(text, [text.count], method, into: &again)
        precondition(reread == .reads(text, left: 0), "what is passed on is not what was read")
        precondition(again.framing == head.framing && again.status == head.status)
    }

    private static func readResponse(
        _ bytes: [UInt8], _ lengths: [Int], _ method: Method, into head: inout ResponseHead
    ) -> Verdict {
        var parser = ResponseParser()
        return feed(bytes, lengths) { input throws(HTTP1Error) in
            let progress = try parser.parse(input, answering: method, into: &head)
            guard case .complete(let consumed) = progress else { return nil }
            var written = ByteBuffer()
            written.append(head)
            return (written.take(written.readableCount), consumed)
        }
    }

    private static func feed(
        _ bytes: [UInt8], _ lengths: [Int],
        _ parse: (Span<UInt8>) throws(HTTP1Error) -> (text: [UInt8], consumed: Int)?
    ) -> Verdict {
        for length in lengths {
            do throws(HTTP1Error) {
                guard let read = try parse(bytes.span.extracting(0..<length)) else { continue }
                precondition(read.consumed <= length)
                return .reads(read.text, left: bytes.count - read.consumed)
            } catch {
                return .fails(error)
            }
        }
        return .needsMore
    }

    // MARK: Bodies

    private static func body(_ bytes: [UInt8], _ framing: BodyFraming, seed: UInt8) {
        let whole = readBody(bytes, framing, [bytes.count])
        let cut = readBody(bytes, framing, Pieces.lengths(of: bytes.count, seed: seed))
        precondition(whole.verdict == cut.verdict, "a cut changes what a body is")
        // Before a fault more or less content may have been handed on.
        if case .fails = whole.verdict { return }
        precondition(whole.content == cut.content, "a cut changes what a body holds")
    }

    private static func readBody(
        _ bytes: [UInt8], _ framing: BodyFraming, _ lengths: [Int]
    ) -> (verdict: Verdict, content: [UInt8]) {
        var decoder = BodyDecoder(framing)
        var dropped = 0
        var content: [UInt8] = []
        for length in lengths {
            do throws(HTTP1Error) {
                feeding: while true {
                    switch try decoder.decode(bytes.span.extracting(dropped..<length)) {
                    case .needMore(let consumed):
                        dropped += consumed
                        break feeding
                    case .content(let range):
                        content += bytes[dropped + range.lowerBound..<dropped + range.upperBound]
                        dropped += range.upperBound
                    case .end(let consumed):
                        dropped += consumed
                        var trailers = ByteBuffer()
                        trailers.append(decoder.trailers)
                        let text = trailers.take(trailers.readableCount)
                        return (.reads(text, left: bytes.count - dropped), content)
                    }
                }
            } catch {
                return (.fails(error), content)
            }
        }
        return (.needsMore, content)
    }
}
