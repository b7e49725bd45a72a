// SPDX-License-Identifier: Apache-2.0
import HTTP

/// How an input is cut before a parser sees it. The verdict must not depend on it.
enum Cut: CaseIterable {
    case whole, bytewise, random

    /// How many bytes are there at each feeding, growing up to `count`.
    func lengths(of count: Int, using random: inout SeededGenerator) -> [Int] {
        switch self {
        case .whole: return [count]
        case .bytewise: return count == 0 ? [0] : Array(1...count)
        case .random:
            var lengths: [Int] = []
            while (lengths.last ?? 0) < count {
                lengths.append(
                    min(count, (lengths.last ?? 0) + Int.random(in: 0...17, using: &random)))
            }
            return lengths.isEmpty ? [0] : lengths
        }
    }
}

/// SplitMix64: random inputs that a seed brings back.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

/// What became of an input.
enum Verdict<Value: Equatable & Sendable>: Equatable, Sendable {
    case reads(Value)
    case needsMore
    case fails(HTTP1Error)
}

extension [UInt8] {
    /// The bytes of a text whose characters stand for themselves up to `ÿ`.
    init(latin1 text: String) {
        self = text.unicodeScalars.map { UInt8($0.value) }
    }
}

/// Feeds growing prefixes of an input, as a connection's buffer would.
func feed<Value: Equatable & Sendable>(
    _ bytes: [UInt8], cut: Cut, seed: UInt64 = 1,
    _ parse: (Span<UInt8>) throws(HTTP1Error) -> Value?
) -> Verdict<Value> {
    var random = SeededGenerator(seed: seed)
    for length in cut.lengths(of: bytes.count, using: &random) {
        do throws(HTTP1Error) {
            if let value = try parse(bytes.span.extracting(0..<length)) { return .reads(value) }
        } catch {
            return .fails(error)
        }
    }
    return .needsMore
}

/// What a request was read as.
struct RequestReading: Equatable, Sendable {
    var framing = BodyFraming.none
    var keepsAlive = true
    var host = "a.example"
    var port: UInt16?
    var path = "/"
    /// Bytes behind the head.
    var left = 0
}

func readRequest(
    _ bytes: [UInt8], cut: Cut = .whole, seed: UInt64 = 1, limits: HTTP1Limits = HTTP1Limits()
) -> Verdict<RequestReading> {
    var parser = RequestParser(limits: limits)
    var head = RequestHead()
    return feed(bytes, cut: cut, seed: seed) { input throws(HTTP1Error) in
        guard case .complete(let consumed) = try parser.parse(input, into: &head) else {
            return nil
        }
        // What follows is at most what has arrived, so it is counted from the whole input.
        return RequestReading(
            framing: head.framing, keepsAlive: head.keepsAlive, host: head.hostText,
            port: head.port, path: head.pathText, left: bytes.count - consumed)
    }
}

/// What a response was read as.
struct ResponseReading: Equatable, Sendable {
    var status = 200
    var framing = BodyFraming.untilClose
    var keepsAlive = false
    var left = 0
}

func readResponse(
    _ bytes: [UInt8], answering method: HTTP.Method = .get, cut: Cut = .whole, seed: UInt64 = 1,
    limits: HTTP1Limits = HTTP1Limits()
) -> Verdict<ResponseReading> {
    var parser = ResponseParser(limits: limits)
    var head = ResponseHead()
    return feed(bytes, cut: cut, seed: seed) { input throws(HTTP1Error) in
        let progress = try parser.parse(input, answering: method, into: &head)
        guard case .complete(let consumed) = progress else { return nil }
        return ResponseReading(
            status: head.status, framing: head.framing, keepsAlive: head.keepsAlive,
            left: bytes.count - consumed)
    }
}

/// What a body was read as.
struct BodyReading: Equatable, Sendable {
    var content = ""
    var trailers: [String] = []
    var left = 0
}

/// Feeds a body piece by piece, each time with what was not dropped before.
func readBody(
    _ bytes: [UInt8], _ framing: BodyFraming = .chunked, cut: Cut = .whole, seed: UInt64 = 1,
    limits: HTTP1Limits = HTTP1Limits()
) -> Verdict<BodyReading> {
    var decoder = BodyDecoder(framing, limits: limits)
    var dropped = 0
    var content: [UInt8] = []
    return feed(bytes, cut: cut, seed: seed) { input throws(HTTP1Error) in
        while true {
            switch try decoder.decode(input.extracting(dropped..<input.count)) {
            case .needMore(let consumed):
                dropped += consumed
                return nil
            case .content(let range):
                content += bytes[dropped + range.lowerBound..<dropped + range.upperBound]
                dropped += range.upperBound
            case .end(let consumed):
                dropped += consumed
                let trailers = decoder.trailers
                return BodyReading(
                    content: String(decoding: content, as: UTF8.self),
                    trailers: (0..<trailers.count).map { trailers.text(at: $0) },
                    left: bytes.count - dropped)
            }
        }
    }
}
