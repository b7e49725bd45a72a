// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

/// Flow control (RFC 9113 §5.2, §6.9) in both directions.
@Suite struct HTTP2WindowTests {
    private let upload = Frame.headers(1, get(method: "POST"), flags: 0x04)

    private func sendable(_ rig: MachineRig, _ stream: UInt32) -> Int {
        rig.machine.sendable(stream)
    }

    private func send(_ rig: MachineRig, _ stream: UInt32, _ count: Int, ends: Bool = false) {
        let content = [UInt8](repeating: 0x78, count: count)
        rig.machine.sendData(stream, content.span, ends: ends, output: &rig.output)
    }

    // MARK: What we send

    @Test func `content goes as far as the smaller of both windows`() {
        let rig = MachineRig(settings: [(4, 100_000)])
        rig.feed(.headers(1, get()), .headers(3, get()))
        #expect(sendable(rig, 1) == 65_535)
        send(rig, 1, 60_000)
        #expect(sendable(rig, 1) == 5535)
        #expect(sendable(rig, 3) == 5535)
        rig.feed(.windowUpdate(0, 100_000))
        #expect(sendable(rig, 1) == 40_000)
        #expect(sendable(rig, 3) == 100_000)
    }

    @Test func `content is cut into frames that fill a TLS record each`() {
        let rig = MachineRig()
        rig.feed(.headers(1, get()))
        send(rig, 1, 40_000, ends: true)
        #expect(rig.sent().map(\.payload.count) == [16_375, 16_375, 7250])
    }

    @Test func `only the last frame ends the stream`() {
        let rig = MachineRig()
        rig.feed(.headers(1, get()))
        rig.machine.sendHead(1, ends: false, output: &rig.output) { $0.append(status: 200) }
        send(rig, 1, 20_000, ends: true)
        #expect(rig.sent().map(\.flags) == [0x04, 0, 1])
        #expect(sendable(rig, 1) == 0)
        let isOpen = rig.machine.isOpen(1)
        #expect(!isOpen)
    }

    @Test func `a head larger than a frame goes on in CONTINUATION`() {
        let rig = MachineRig()
        rig.feed(.headers(1, get()))
        let value = [UInt8](repeating: 0x7e, count: 10_000)
        rig.machine.sendHead(1, ends: true, output: &rig.output) { head in
            head.append(status: 200)
            head.append(name: "x".utf8.span, value: value.span)
            head.append(name: "y".utf8.span, value: value.span)
        }
        let sent = rig.sent()
        #expect(sent.map(\.type) == [1, 9])
        #expect(sent.map(\.flags) == [0x01, 0x04])
        #expect(sent[0].payload.count == 16_384)
    }

    @Test func `a window that was shut opens with an event, an open one without`() {
        let rig = MachineRig(settings: [(4, 10)])
        rig.feed(.headers(1, get()))
        rig.happenings = []
        rig.feed(.windowUpdate(1, 5))
        #expect(rig.happenings.isEmpty)
        send(rig, 1, 15)
        #expect(sendable(rig, 1) == 0)
        rig.feed(.windowUpdate(1, 1))
        #expect(rig.happenings == [.windowOpened(1)])
        #expect(sendable(rig, 1) == 1)
    }

    @Test func `the connection's window opens with an event`() {
        let rig = MachineRig(settings: [(4, 100_000)])
        rig.feed(.headers(1, get()))
        send(rig, 1, 65_535)
        rig.happenings = []
        rig.feed(.windowUpdate(0, 7))
        #expect(rig.happenings == [.windowOpened(0)])
        #expect(sendable(rig, 1) == 7)
    }

    @Test func `a smaller initial window takes open streams below zero`() {
        let rig = MachineRig()
        rig.feed(.headers(1, get()))
        send(rig, 1, 60_000)
        rig.feed(.settings([(4, 10_000)]))
        #expect(sendable(rig, 1) == 10_000 - 60_000)
        rig.feed(.headers(3, get()))
        #expect(sendable(rig, 3) == 5535)
        rig.happenings = []
        rig.feed(.windowUpdate(1, 50_000))
        #expect(rig.happenings.isEmpty)
        rig.feed(.windowUpdate(1, 3))
        #expect(rig.happenings == [.windowOpened(1)])
        #expect(sendable(rig, 1) == 3)
    }

    @Test func `the same setting twice in a frame counts once each`() {
        let rig = MachineRig()
        rig.feed(.headers(1, get()), .settings([(4, 0), (4, 200)]))
        #expect(sendable(rig, 1) == 200)
    }

    @Test func `nothing is sent on streams that are gone`() {
        let rig = MachineRig()
        rig.feed(.headers(1, get()), .resetStream(1))
        _ = rig.sent()
        send(rig, 1, 0, ends: true)
        rig.answer(1, "")
        rig.machine.reset(1, .cancel, output: &rig.output)
        #expect(rig.sent().isEmpty)
    }

    // MARK: What we receive

    @Test(arguments: [(262_144, nil), (262_145, HTTP2ErrorCode.flowControlError)])
    func `a stream takes as much as its window`(count: Int, code: HTTP2ErrorCode?) {
        let rig = MachineRig()
        rig.consumes = false
        rig.feed(upload)
        rig.happenings = []
        for start in stride(from: 0, to: count, by: 16_384) {
            let part = min(count - start, 16_384)
            rig.feed(.data(1, bytes: Array(repeating: 0x78, count: part)))
        }
        #expect(
            rig.happenings.last == code.map { .reset(1, $0, byPeer: false) }
                ?? .data(1, String(repeating: "x", count: count), ends: false))
    }

    @Test(arguments: [(0, nil), (1, HTTP2ErrorCode.flowControlError)])
    func `a connection takes as much as its window`(over: Int, code: HTTP2ErrorCode?) {
        let rig = MachineRig()
        rig.consumes = false
        let full = Frame.data(1, bytes: Array(repeating: 0x78, count: 16_384))
        for stream in [1, 3, 5, 7] as [UInt32] {
            rig.feed(.headers(stream, get(method: "POST"), flags: 0x04))
            for _ in 0..<16 {
                var frame = full
                frame.stream = stream
                rig.feed(frame)
            }
        }
        rig.feed(.headers(9, get(method: "POST"), flags: 0x04))
        rig.feed(.data(9, bytes: Array(repeating: 0x78, count: over), flags: 1))
        #expect(rig.fault?.code == code)
        #expect((rig.happenings.last == .dies(.flowControlError)) == (code != nil))
    }

    @Test func `windows open again once half of them was handed on`() {
        let rig = MachineRig()
        rig.consumes = false
        rig.feed(upload)
        for _ in 0..<16 { rig.feed(.data(1, bytes: Array(repeating: 0x78, count: 16_384))) }
        rig.machine.consumed(131_071, of: 1, output: &rig.output)
        #expect(rig.sent().isEmpty)
        rig.machine.consumed(1, of: 1, output: &rig.output)
        #expect(rig.sent() == [.windowUpdate(1, 131_072)])
        for _ in 0..<8 { rig.feed(.data(1, bytes: Array(repeating: 0x78, count: 16_384))) }
        #expect(rig.fault == nil)
        rig.machine.consumed(262_144, of: 1, output: &rig.output)
        #expect(rig.sent() == [.windowUpdate(1, 262_144)])
    }

    @Test func `content of streams that are gone opens the connection's window`() {
        let rig = MachineRig()
        rig.consumes = false
        for stream in [1, 3] as [UInt32] {
            rig.feed(.headers(stream, get(method: "POST"), flags: 0x04))
            for _ in 0..<16 {
                rig.feed(.data(stream, bytes: Array(repeating: 0x78, count: 16_384)))
            }
        }
        rig.feed(.resetStream(1))
        rig.machine.consumed(262_144, of: 1, output: &rig.output)
        #expect(rig.sent().isEmpty)
        rig.machine.consumed(262_144, of: 3, output: &rig.output)
        #expect(rig.sent() == [.windowUpdate(0, 524_288), .windowUpdate(3, 262_144)])
    }

    @Test func `content after our reset opens the connection's window by itself`() {
        for cut in Cut.allCases {
            let rig = MachineRig()
            rig.cut = cut
            rig.feed(upload)
            rig.machine.reset(1, .cancel, output: &rig.output)
            _ = rig.sent()
            for _ in 0..<16 { rig.feed(.data(1, bytes: Array(repeating: 0, count: 16_384))) }
            #expect(rig.sent().isEmpty)
            // Padding is content's equal here.
            for _ in 0..<16 {
                rig.feed(.data(1, bytes: [255] + Array(repeating: 0, count: 16_383), flags: 8))
            }
            #expect(rig.sent() == [.windowUpdate(0, 524_288)])
            if cut == .bytewise { break }
        }
    }

    @Test func `padding opens both windows by itself`() {
        let rig = MachineRig()
        rig.consumes = false
        rig.feed(upload)
        let padding = Frame.data(1, bytes: [255] + Array(repeating: 0, count: 256), flags: 8)
        for _ in 0..<1200 { rig.feed(padding) }
        let sent = rig.sent()
        #expect(sent.filter { $0.stream == 1 }.map(\.type) == [8, 8])
        #expect(rig.fault == nil)
    }

    @Test func `a stream that has ended needs no window`() {
        let rig = MachineRig()
        rig.consumes = false
        rig.feed(upload)
        for number in 1...16 {
            rig.feed(
                .data(
                    1, bytes: Array(repeating: 0x78, count: 16_384), flags: number == 16 ? 1 : 0))
        }
        rig.machine.consumed(262_144, of: 1, output: &rig.output)
        #expect(rig.sent().isEmpty)
    }

    @Test func `nobody opens a window by crediting twice`() {
        let rig = MachineRig()
        rig.feed(upload, .data(1, "abc"))
        for _ in 0..<3 { rig.machine.consumed(.max, of: 1, output: &rig.output) }
        #expect(rig.sent().isEmpty)
    }

    @Test func `windows below the default bind the peer from its acknowledgement on`() {
        var limits = HTTP2Limits()
        limits.streamWindow = 10
        let rig = MachineRig(limits: limits, greeted: false)
        rig.machine.begin(output: &rig.output)
        rig.consumes = false
        rig.feed(MachineRig.preface)
        rig.feed(.settings(), upload, .data(1, "0123456789ab"))
        #expect(rig.fault == nil)
        rig.feed(.settingsAcknowledgement, .headers(3, get(method: "POST"), flags: 0x04))
        rig.feed(.data(3, "0123456789"))
        #expect(rig.fault == nil)
        rig.feed(.data(3, "a"))
        #expect(rig.fault?.reason == .windowExceeded)
    }
}
