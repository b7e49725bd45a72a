// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Frames of HTTP/2. The first byte says which side reads them, the second how they are cut.
enum FramesFuzz {
    static func run(_ input: [UInt8]) {
        guard input.count >= 2 else { return }
        let role = input[0] & 1 == 0 ? HTTP2Machine.Role.server : .client
        // Behind the client's preface, which a fuzzer would take long to find.
        let preface = role == .server ? Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) : []
        let bytes = preface + input[2...]
        let whole = play(bytes, [bytes.count], role)
        let cut = play(bytes, Pieces.lengths(of: bytes.count, seed: input[1]), role)
        precondition(whole == cut, "a cut changes what frames mean")
    }

    /// What was heard, pieces of content put together, and how it ended.
    private struct Account: Equatable {
        var events: [HTTP2Machine.Event] = []
        var content: [HTTP2StreamID: [UInt8]] = [:]
        var fault: HTTP2Fault?
        var left = 0
    }

    private static func play(
        _ bytes: [UInt8], _ lengths: [Int], _ role: HTTP2Machine.Role
    ) -> Account {
        var limits = HTTP2Limits()
        limits.concurrentStreams = 4
        limits.sectionBytes = 1000
        limits.blockBytes = 2000
        limits.fields = 10
        var machine = HTTP2Machine(role: role, limits: limits)
        var output = ByteBuffer()
        machine.begin(output: &output)
        var account = Account()
        if role == .client { ask(&machine, &output) }
        var dropped = 0
        for length in lengths {
            do throws(HTTP2Fault) {
                while true {
                    let input = bytes.span.extracting(dropped..<length)
                    let (consumed, event) = try machine.receive(
                        input, at: Instant(nanoseconds: 1 << 40), output: &output)
                    precondition(consumed <= length - dropped)
                    note(event, bytes, from: dropped, in: &account)
                    dropped += consumed
                    if case .needMore = event { break }
                    act(on: event, &machine, &output)
                    output.clear()
                }
            } catch {
                account.fault = error
                precondition(machine.isDead)
                return account
            }
        }
        precondition(machine.streamCount <= limits.concurrentStreams)
        account.left = bytes.count - dropped
        return account
    }

    private static func note(
        _ event: HTTP2Machine.Event, _ bytes: [UInt8], from start: Int, in account: inout Account
    ) {
        switch event {
        case .needMore: break
        case .data(let stream, let range, let ends):
            // Where content is cut is all that a cut may change.
            account.content[stream, default: []] +=
                bytes[start + range.lowerBound..<start + range.upperBound]
            if ends { account.events.append(.data(stream, 0..<0, ends: true)) }
        default: account.events.append(event)
        }
    }

    /// What a server or client does, as the stream's number has it.
    private static func act(
        on event: HTTP2Machine.Event, _ machine: inout HTTP2Machine, _ output: inout ByteBuffer
    ) {
        switch event {
        case .head(let stream, _) where stream % 8 == 7:
            machine.reset(stream, .cancel, output: &output)
        case .head(let stream, _) where stream % 8 == 5:
            machine.sendHead(stream, ends: true, output: &output) { $0.append(status: 204) }
        case .head(let stream, _):
            machine.sendHead(stream, ends: false, output: &output) { $0.append(status: 200) }
            send(on: stream, &machine, &output)
        case .data(let stream, let range, _):
            machine.consumed(range.count, of: stream, output: &output)
        case .windowOpened(let stream):
            send(on: stream, &machine, &output)
        case .goAway:
            machine.goAway(output: &output)
        default: break
        }
    }

    private static func send(
        on stream: HTTP2StreamID, _ machine: inout HTTP2Machine, _ output: inout ByteBuffer
    ) {
        let content = [UInt8](repeating: 0x61, count: 40)
        let count = max(0, min(content.count, machine.sendable(stream)))
        guard machine.isSendingOpen(stream), count > 0 else { return }
        machine.sendData(
            stream, content.span.extracting(0..<count), ends: stream % 8 == 1, output: &output)
    }

    private static func ask(_ machine: inout HTTP2Machine, _ output: inout ByteBuffer) {
        for (index, method) in [HTTP.Method.get, .head, .post].enumerated() {
            _ = machine.open(ends: index < 2, method: method, output: &output) { encoder in
                encoder.append(
                    method: method.text.utf8.span, scheme: "http".utf8.span,
                    authority: "a".utf8.span, path: "/".utf8.span)
            }
        }
    }
}
