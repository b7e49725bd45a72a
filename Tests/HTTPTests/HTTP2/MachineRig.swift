// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

/// What a machine made of what it was fed, whichever way that was cut.
enum Happening: Equatable, Sendable {
    case request(UInt32, String, ends: Bool)
    case answer(UInt32, Int, ends: Bool)
    case trailers(UInt32, String)
    case data(UInt32, String, ends: Bool)
    case reset(UInt32, HTTP2ErrorCode, byPeer: Bool)
    case windowOpened(UInt32)
    case goAway(UInt32, HTTP2ErrorCode)
    case settings
    case urgency(UInt32, UInt8)
    case dies(HTTP2ErrorCode)
}

/// A machine with its peer's and its driver's part played by the test.
final class MachineRig {
    var machine: HTTP2Machine
    var output = ByteBuffer()
    var happenings: [Happening] = []
    /// The last fault of a stream or of the connection.
    var fault: HTTP2Fault?
    /// How what is fed is cut.
    var cut = Cut.whole
    var random = SeededGenerator(seed: 1)
    var now = Instant(nanoseconds: 1_000_000_000_000)
    /// Whether content is handed on at once.
    var consumes = true

    private var input: [UInt8] = []
    private let role: HTTP2Machine.Role

    /// `greeted`: preface and SETTINGS have been exchanged.
    init(
        _ role: HTTP2Machine.Role = .server, limits: HTTP2Limits = HTTP2Limits(),
        greeted: Bool = true, settings: [(UInt16, UInt32)] = []
    ) {
        self.role = role
        machine = HTTP2Machine(role: role, limits: limits)
        guard greeted else { return }
        machine.begin(output: &output)
        if role == .server { feed(Self.preface) }
        feed([.settings(settings), .settingsAcknowledgement])
        output.clear()
        happenings = []
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    func feed(_ frames: [Frame]) { feed(frames.flatMap(\.bytes)) }

    func feed(_ frames: Frame...) { feed(frames) }

    /// Gives the machine bytes as they might arrive.
    func feed(_ bytes: [UInt8]) {
        let known = input
        input = []
        let all = known + bytes
        var given = 0
        for length in cut.lengths(of: all.count, using: &random) {
            input += all[given..<length]
            given = length
            while take() {}
        }
    }

    /// Takes one event; false when there is none.
    private func take() -> Bool {
        do throws(HTTP2Fault) {
            let (consumed, event) = try machine.receive(input.span, at: now, output: &output)
            happen(event)
            input.removeFirst(consumed)
            return event != .needMore
        } catch {
            fault = error
            if happenings.last != .dies(error.code) { happenings.append(.dies(error.code)) }
            input = []
            return false
        }
    }

    private func happen(_ event: HTTP2Machine.Event) {
        switch event {
        case .needMore: break
        case .head(let stream, let ends):
            if role == .server {
                let head = machine.request
                happenings.append(
                    .request(stream, "\(head.methodText) \(head.pathText)", ends: ends))
            } else {
                happenings.append(.answer(stream, machine.answer.status, ends: ends))
            }
        case .trailers(let stream):
            happenings.append(.trailers(stream, lines(machine.trailers)))
        case .data(let stream, let range, let ends):
            receive(stream, String(decoding: input[range], as: UTF8.self), ends: ends)
            if consumes { machine.consumed(range.count, of: stream, output: &output) }
        case .reset(let stream, let fault, let byPeer):
            self.fault = fault
            happenings.append(.reset(stream, fault.code, byPeer: byPeer))
        case .windowOpened(let stream): happenings.append(.windowOpened(stream))
        case .goAway(let last, let code): happenings.append(.goAway(last, code))
        case .settings: happenings.append(.settings)
        case .urgency(let stream, let urgency): happenings.append(.urgency(stream, urgency))
        }
    }

    /// Parts of one stream's content that follow each other are one.
    private func receive(_ stream: UInt32, _ content: String, ends: Bool) {
        if case .data(stream, let before, ends: false) = happenings.last {
            happenings[happenings.count - 1] = .data(stream, before + content, ends: ends)
        } else {
            happenings.append(.data(stream, content, ends: ends))
        }
    }

    // MARK: The driver's part

    /// Answers a request with a head, and content when there is some.
    func answer(_ stream: UInt32, _ content: String? = nil) {
        machine.sendHead(stream, ends: content == nil, output: &output) { head in
            head.append(status: 200)
        }
        if let content {
            machine.sendData(stream, content.utf8.span, ends: true, output: &output)
        }
    }

    /// Asks for a page.
    @discardableResult
    func ask(_ method: HTTP.Method = .get, ends: Bool = true) -> UInt32? {
        machine.open(ends: ends, method: method, output: &output) { head in
            head.append(
                method: method.text.utf8.span, scheme: "https".utf8.span,
                authority: "a.example".utf8.span, path: "/".utf8.span)
        }
    }

    /// What was written since the last time.
    func sent() -> [Frame] {
        let bytes = output.take(output.readableCount)
        guard let frames = Frame.all(in: bytes) else {
            Issue.record("what was sent is not whole frames")
            return []
        }
        return frames
    }

    func lines(_ fields: Fields) -> String {
        (0..<fields.count)
            .map { index in
                let name = fields.withName(at: index) { String(decoding: $0.bytes, as: UTF8.self) }
                return "\(name): \(fields.text(at: index))"
            }
            .joined(separator: "\n")
    }
}

extension Span<UInt8> {
    var bytes: [UInt8] { indices.map { self[$0] } }
}

/// The fields of a request that nothing is wrong with.
func get(
    _ path: String = "/", method: String = "GET", and more: [(String, String)] = []
) -> [(String, String)] {
    [
        (":method", method), (":scheme", "https"), (":authority", "a.example"), (":path", path),
    ] + more
}
