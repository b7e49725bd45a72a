// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

/// What both sides say to each other, and what is read from it.
@Suite struct HTTP2ConversationTests {
    @Test func `a server begins with its settings and the connection's window`() {
        let rig = MachineRig(greeted: false)
        rig.machine.begin(output: &rig.output)
        #expect(
            rig.sent() == [
                .settings([(4, 262_144), (6, 32_768), (3, 128), (9, 1), (8, 1)]),
                .windowUpdate(0, 1_048_576 - 65_535),
            ])
    }

    @Test func `a client begins with the preface and wants nothing pushed`() {
        let rig = MachineRig(.client, greeted: false)
        rig.machine.begin(output: &rig.output)
        let preface = rig.output.take(24)
        #expect(preface == MachineRig.preface)
        #expect(
            rig.sent() == [
                .settings([(4, 262_144), (6, 32_768), (2, 0)]),
                .windowUpdate(0, 1_048_576 - 65_535),
            ])
    }

    @Test func `other settings are said`() {
        var limits = HTTP2Limits()
        limits.frameBytes = 65_536
        limits.headerTableSize = 0
        limits.extendedConnect = false
        limits.connectionWindow = 0
        let rig = MachineRig(limits: limits, greeted: false)
        rig.machine.begin(output: &rig.output)
        #expect(
            rig.sent() == [
                .settings([(4, 262_144), (6, 32_768), (3, 128), (9, 1), (1, 0), (5, 65_536)])
            ])
    }

    @Test func `SETTINGS and PING are acknowledged`() {
        let rig = MachineRig()
        rig.feed(.settings([(3, 1)]), .ping("abcdefgh"))
        #expect(rig.sent() == [.settingsAcknowledgement, .ping("abcdefgh", flags: 1)])
    }

    @Test func `a head is read as one of HTTP/1.1 would be`() {
        let rig = MachineRig()
        rig.feed(
            .headers(
                1,
                [
                    (":method", "POST"), (":authority", "A.example:8443"), (":scheme", "https"),
                    (":path", "/a?b=c"), ("cookie", "a=1"), ("x-one", "1"), ("cookie", "b=2"),
                    ("content-length", "5"), ("expect", "100-continue"),
                    ("priority", "i, u=1;x"), ("cookie", "c=3"),
                ], flags: 0x04))
        let head = rig.machine.request
        #expect(head.method == .post && head.version == .http2)
        #expect(head.pathText == "/a?b=c" && head.targetText == "/a?b=c")
        #expect(head.hostText == "A.example" && head.port == 8443)
        #expect(head.framing == .length(5))
        #expect(head.expects100Continue && head.keepsAlive && !head.wantsUpgrade)
        #expect(head.urgency == 1)
        #expect(
            rig.lines(head.fields)
                == "host: A.example:8443\ncookie: a=1; b=2; c=3\nx-one: 1\ncontent-length: 5\n"
                + "expect: 100-continue\npriority: i, u=1;x")
        var text = ByteBuffer()
        text.append(head)
        #expect(
            String(decoding: text.take(text.readableCount), as: UTF8.self)
                == "POST /a?b=c HTTP/1.1\r\nhost: A.example:8443\r\ncookie: a=1; b=2; c=3\r\n"
                + "x-one: 1\r\ncontent-length: 5\r\nexpect: 100-continue\r\n"
                + "priority: i, u=1;x\r\n\r\n")
    }

    @Test func `a host that came as a field comes first`() {
        let rig = MachineRig()
        rig.feed(
            .headers(
                1,
                [
                    (":method", "GET"), (":scheme", "http"), (":path", "/"), ("x", "y"),
                    ("host", "[::1]:80"),
                ]))
        let head = rig.machine.request
        #expect(head.hostText == "[::1]" && head.port == 80)
        #expect(rig.lines(head.fields) == "host: [::1]:80\nx: y")
        #expect(head.framing == .none && head.urgency == 3)
    }

    @Test func `one head leaves nothing behind for the next`() {
        let rig = MachineRig()
        rig.feed(
            .headers(
                1,
                [
                    (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"),
                    (":path", "/chat"), (":authority", "a.example:1"), ("priority", "u=7"),
                    ("expect", "100-continue"),
                ], flags: 0x04))
        var first = RequestHead()
        swap(&first, &rig.machine.request)
        #expect(first.method == .connect && first.connectProtocolText == "websocket")
        #expect(first.framing == .chunked && first.pathText == "/chat" && first.urgency == 7)
        rig.feed(.headers(3, get()))
        swap(&first, &rig.machine.request)
        #expect(first.method == .get && first.connectProtocolText == nil && first.port == nil)
        #expect(first.framing == .none && first.urgency == 3 && !first.expects100Continue)
        #expect(rig.lines(first.fields) == "host: a.example")
    }

    @Test(arguments: [
        ("u=0", 0), ("u=7", 7), ("u=8", 3), ("u=", 3), ("u", 3), ("u=12", 3), ("u=-1", 3),
        ("i", 3), ("i,u=5", 5), ("u=1, u=2", 2), ("x=u=1", 3), ("U=1", 3), ("", 3), (",,", 3),
        ("u=1.5", 3), ("u=2;a", 2),
    ])
    func `an urgency is read, or left at the usual`(value: String, urgency: UInt8) {
        let rig = MachineRig()
        rig.feed(.headers(1, get(and: [("priority", value)])))
        #expect(rig.machine.request.urgency == urgency)
        rig.feed(.priorityUpdate(1, value))
        #expect(rig.happenings.last == .urgency(1, urgency))
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `streams come and go in any order`(seed: UInt64) throws {
        let rig = MachineRig()
        rig.random = SeededGenerator(seed: seed)
        var open: Set<UInt32> = []
        var next: UInt32 = 1
        for _ in 0..<2000 {
            if open.count < 128, Bool.random(using: &rig.random) {
                rig.feed(.headers(next, get()))
                open.insert(next)
                // Most clients leave none out; some leave out many.
                next += Int.random(in: 0..<10, using: &rig.random) == 0 ? 34 : 2
            } else if let stream = open.sorted().randomElement(using: &rig.random) {
                rig.answer(stream)
                open.remove(stream)
            }
            let count = rig.machine.streamCount
            try #require(count == open.count)
        }
        let found = (0..<next).filter { rig.machine.isOpen($0) }
        #expect(Set(found) == open)
        #expect(rig.fault == nil)
    }

    @Test(arguments: [(128, nil), (129, HTTP2ErrorCode.refusedStream)])
    func `so many streams are open at once`(count: Int, code: HTTP2ErrorCode?) {
        let rig = MachineRig()
        for number in 0..<UInt32(count) { rig.feed(.headers(2 * number + 1, get())) }
        #expect(rig.fault?.code == code)
        #expect(rig.machine.streamCount == 128)
        rig.answer(1, "x")
        rig.feed(.headers(999, get()))
        #expect(rig.happenings.last == .request(999, "GET /", ends: true))
    }

    @Test(arguments: [(32_768, false), (32_769, true)])
    func `a head that is too large is answered with 431`(size: Int, isTooLarge: Bool) {
        for ends in [true, false] {
            let rig = MachineRig()
            let known = get().map { $0.0.utf8.count + $0.1.utf8.count + 32 }.reduce(0, +)
            // Two fields, as one would be larger than a frame.
            let value = String(repeating: "v", count: (size - known) / 2 - 33)
            let other = String(repeating: "v", count: size - known - 66 - value.count)
            let block = Block.plain(get(and: [("x", value), ("y", other)]))
            rig.feed(
                .headers(1, block: Array(block.prefix(16_384)), flags: ends ? 1 : 0),
                .continuation(1, Array(block.dropFirst(16_384))))
            guard isTooLarge else {
                #expect(rig.happenings == [.request(1, "GET /", ends: ends)])
                continue
            }
            #expect(rig.happenings == [.reset(1, .noError, byPeer: false)])
            #expect(rig.fault?.reason == .field(.sectionTooLarge))
            let sent = rig.sent()
            #expect(sent.first?.type == 1 && sent.first?.flags == 0x05)
            #expect(Array(sent.dropFirst()) == (ends ? [] : [.resetStream(1, 0)]))
            rig.feed(.headers(3, get()))
            #expect(rig.happenings.last == .request(3, "GET /", ends: true))
        }
    }

    @Test(arguments: [(100, false), (101, true)])
    func `fields are counted`(count: Int, isTooMany: Bool) {
        let rig = MachineRig()
        rig.feed(.headers(1, get(and: Array(repeating: ("x", "y"), count: count))))
        #expect((rig.fault?.reason == .field(.tooManyFields)) == isTooMany)
    }

    @Test func `goodbye is said once, and lower streams go on`() {
        let rig = MachineRig()
        rig.feed(.headers(5, get()))
        rig.machine.goAway(output: &rig.output)
        rig.machine.goAway(.internalError, output: &rig.output)
        #expect(rig.sent() == [.goAway(last: 5)])
        rig.feed(.headers(7, get()))
        #expect(rig.sent() == [.resetStream(7, 7)])
        rig.answer(5, "x")
        #expect(rig.sent().count == 2)
        // RFC 9113 §6.8: what was said last is not raised by what went wrong later.
        rig.feed(.headers(0, get()))
        #expect(rig.sent().first?.word(at: 0) == 5)
    }
}
