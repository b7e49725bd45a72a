// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// A connection over which a test sends what it likes, byte for byte.
final class Wire: Sendable {
    struct Answer: Sendable {
        let status: Int
        /// Status line and fields.
        let head: String
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        /// Whether it says that it is the last one.
        var isLast: Bool { head.contains("\r\nConnection: close\r\n") }
    }

    private let loop: EventLoop
    private let channel: LoopBound<Channel>

    init(to address: SocketAddress, on loop: EventLoop) async throws {
        self.loop = loop
        channel = try await loop.call { () async -> Result<LoopBound<Channel>, StreamError> in
            do throws(StreamError) {
                let socket = try await TCPSocket.connect(
                    to: address, on: loop, timeout: .seconds(60))
                let channel = Channel(Transport(socket))
                channel.allow(.seconds(300))
                return .success(LoopBound(channel, on: loop))
            } catch { return .failure(error) }
        }.get()
    }

    func send(_ text: String) async { await send([Array(text.utf8)[...]]) }

    /// Each piece is on its way before the next is sent. What the server no longer takes is dropped.
    func send(_ pieces: [ArraySlice<UInt8>]) async {
        await loop.call { [channel, loop] in
            for piece in pieces {
                channel.value.output.append(piece)
                guard (try? await channel.value.flush()) != nil else { return }
                try? await loop.sleep(for: .microseconds(1))
            }
        }
    }

    /// The next answer with its body; nil when the server has closed.
    func answer() async -> Answer? {
        await loop.call { [channel] in
            var head: [UInt8] = []
            while !head.ends(with: "\r\n\r\n".utf8) {
                guard let byte = await Self.take(1, from: channel.value)?.first else { return nil }
                head.append(byte)
            }
            let text = String(decoding: head, as: UTF8.self)
            let status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            let length = text.split(separator: "\r\n").lazy
                .compactMap { $0.split(separator: "Content-Length: ").first.flatMap { Int($0) } }
                .first
            guard let body = await Self.take(length ?? 0, from: channel.value) else { return nil }
            return Answer(status: status, head: text, body: body)
        }
    }

    private static func take(_ count: Int, from channel: Channel) async -> [UInt8]? {
        while channel.input.readableCount < count {
            guard let more = try? await channel.fill(), more > 0 else { return nil }
        }
        return channel.input.take(count)
    }

    func close() async {
        await loop.run { [channel] in channel.value.close() }
    }
}

extension [UInt8] {
    fileprivate func ends(with suffix: String.UTF8View) -> Bool {
        self.suffix(suffix.count).elementsEqual(suffix)
    }
}

/// How a message is cut on its way.
enum Cut: Sendable {
    case whole, byByte
    case random(seed: UInt64)

    static let all: [Cut] = [.whole, .byByte] + (1...8).map { .random(seed: $0) }

    func pieces(of text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var state: UInt64 =
            switch self {
            case .whole: 0
            case .byByte: 1
            case .random(let seed): seed
            }
        var pieces: [ArraySlice<UInt8>] = []
        var place = 0
        while place < bytes.count {
            // Knuth's MMIX generator: the same pieces in every run.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let length: Int =
                switch self {
                case .whole: bytes.count
                case .byByte: 1
                case .random: Int(state >> 33) % 12 + 1
                }
            let end = Swift.min(place + length, bytes.count)
            pieces.append(bytes[place..<end])
            place = end
        }
        return pieces
    }
}
