// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

/// What a client asks and hears.
@Suite struct HTTP2ClientConversationTests {
    @Test func `a client asks on odd streams, one after the other`() {
        let rig = MachineRig(.client)
        #expect((0..<3).map { _ in rig.ask() } == [1, 3, 5])
        #expect(rig.sent().map(\.flags) == [5, 5, 5])
        #expect(rig.machine.streamCount == 3)
    }

    @Test func `a client opens as many streams as the server allows`() {
        let rig = MachineRig(.client, settings: [(3, 2)])
        #expect((0..<3).map { _ in rig.ask() } == [1, 3, nil])
        var mayOpen = rig.machine.mayOpen
        #expect(!mayOpen)
        rig.feed(.headers(1, [(":status", "200")]))
        mayOpen = rig.machine.mayOpen
        #expect(mayOpen)
        rig.feed(.settings([(3, 0)]))
        mayOpen = rig.machine.mayOpen
        #expect(!mayOpen)
    }

    @Test func `a client opens no more streams than we like`() {
        var limits = HTTP2Limits()
        limits.concurrentStreams = 3
        let rig = MachineRig(.client, limits: limits, settings: [(3, 1000)])
        #expect((0..<4).map { _ in rig.ask() } == [1, 3, 5, nil])
    }

    @Test func `after GOAWAY a client opens none, and forgets those that were not looked at`() {
        let rig = MachineRig(.client)
        for _ in 0..<10 { rig.ask() }
        rig.feed(.goAway(last: 5, 0))
        #expect(rig.happenings == [.goAway(5, .noError)])
        #expect(rig.machine.streamCount == 3)
        #expect(rig.ask() == nil)
        rig.feed(.headers(5, [(":status", "200")]))
        #expect(rig.happenings.last == .answer(5, 200, ends: true))
    }

    @Test func `an origin's allowance of extended CONNECT is heard`() {
        let rig = MachineRig(.client)
        var allows = rig.machine.peerAllowsExtendedConnect
        #expect(!allows)
        rig.feed(.settings([(8, 1)]))
        allows = rig.machine.peerAllowsExtendedConnect
        #expect(allows)
    }

    @Test(arguments: [
        (HTTP.Method.get, "200", nil, false, BodyFraming.untilClose),
        (.get, "200", "5", false, .length(5)),
        (.get, "200", nil, true, .none),
        (.get, "204", nil, false, .none),
        (.get, "103", nil, false, .none),
        (.head, "200", "5", false, .none),
        (.head, "200", "5", true, .none),
        (.connect, "200", "5", false, .untilClose),
        (.connect, "403", "5", false, .length(5)),
    ])
    func `an answer's content ends as method, status and length say`(
        method: HTTP.Method, status: String, length: String?, ends: Bool, framing: BodyFraming
    ) {
        let rig = MachineRig(.client)
        rig.ask(method)
        let fields = [(":status", status)] + (length.map { [("content-length", $0)] } ?? [])
        rig.feed(.headers(1, fields, flags: ends ? 5 : 4))
        #expect(rig.happenings == [.answer(1, Int(status) ?? 0, ends: ends)])
        let answer = rig.machine.answer
        #expect(answer.framing == framing && answer.version == .http2)
        #expect(rig.lines(answer.fields) == (length.map { "content-length: \($0)" } ?? ""))
    }

    @Test func `a request's content and trailers follow its head`() {
        let rig = MachineRig(.client)
        guard let stream = rig.ask(.post, ends: false) else { return }
        rig.machine.sendData(stream, "abc".utf8.span, ends: false, output: &rig.output)
        rig.machine.sendHead(stream, ends: true, output: &rig.output) { head in
            head.append(name: "x-sum".utf8.span, value: "1".utf8.span)
        }
        let isSendingOpen = rig.machine.isSendingOpen(stream)
        #expect(!isSendingOpen)
        #expect(rig.sent().map(\.type) == [1, 0, 1])
        rig.feed(.headers(stream, [(":status", "200")]))
        let isOpen = rig.machine.isOpen(stream)
        #expect(!isOpen)
    }
}
