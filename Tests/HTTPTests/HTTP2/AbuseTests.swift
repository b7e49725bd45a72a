// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

/// Who keeps us busy for nothing is disconnected at the bound, and not before.
@Suite struct HTTP2AbuseTests {
    private func rig(_ nuisance: Nuisance) -> MachineRig {
        let rig = MachineRig()
        rig.feed(nuisance.before)
        rig.now = rig.now + .seconds(60)
        return rig
    }

    /// Does it so many times, the peer reading all answers; requests are answered when their
    /// stream would be in the way of others.
    private func play(_ nuisance: Nuisance, _ rig: MachineRig, _ times: Range<UInt32>) {
        for number in times {
            rig.happenings = []
            rig.feed(nuisance.frames(number))
            rig.output.clear()
            for case .request(let stream, _, ends: true) in rig.happenings
            where nuisance.reason == .emptyFrameFlood {
                rig.answer(stream)
            }
        }
    }

    @Test(arguments: Nuisance.all)
    func `a nuisance is put up with up to the bound`(nuisance: Nuisance) {
        let rig = rig(nuisance)
        let burst = nuisance.allowance(HTTP2Limits()).burst
        play(nuisance, rig, 0..<burst)
        #expect(rig.fault?.code != .enhanceYourCalm)
        play(nuisance, rig, burst..<burst + 1)
        #expect(rig.happenings.last == .dies(.enhanceYourCalm))
        #expect(rig.fault?.reason == nuisance.reason)
    }

    @Test(arguments: Nuisance.all)
    func `a nuisance is forgotten with time`(nuisance: Nuisance) {
        let rig = rig(nuisance)
        let allowance = nuisance.allowance(HTTP2Limits())
        play(nuisance, rig, 0..<allowance.burst)
        rig.now = rig.now + .seconds(2)
        let more = allowance.burst + allowance.perSecond * 2
        play(nuisance, rig, allowance.burst..<more)
        #expect(rig.fault?.code != .enhanceYourCalm)
        play(nuisance, rig, more..<more + 1)
        #expect(rig.happenings.last == .dies(.enhanceYourCalm))
    }

    @Test(arguments: [(16, false), (17, true)])
    func `a section comes in so many frames`(count: Int, dies: Bool) {
        let rig = MachineRig()
        let block = Block.plain(get())
        var frames = [Frame.headers(1, block: Array(block.prefix(3)), flags: 0x01)]
        for number in 1..<count {
            frames.append(.continuation(1, [block[2 + number]], flags: 0))
        }
        frames.append(.continuation(1, Array(block.dropFirst(2 + count))))
        rig.feed(frames)
        #expect(
            rig.happenings
                == (dies
                    ? [.dies(.enhanceYourCalm)] : [.request(1, "GET /", ends: true)]))
        if dies { #expect(rig.fault?.reason == .continuationFlood) }
    }

    @Test(arguments: [(0, false), (1, true)])
    func `a block has so many bytes`(over: Int, dies: Bool) {
        let rig = MachineRig()
        let field = Block.plain([("x", "1234")])
        var block = Block.plain(get())
        while block.count + field.count <= 65_536 { block += field }
        // `:method: GET`, in one byte.
        block += Array(repeating: 0x82, count: 65_536 + over - block.count)
        var frames = [Frame.headers(1, block: Array(block.prefix(16_384)), flags: 0x01)]
        for from in stride(from: 16_384, to: block.count, by: 16_384) {
            let part = Array(block[from..<min(block.count, from + 16_384)])
            frames.append(
                .continuation(1, part, flags: from + part.count == block.count ? 0x04 : 0))
        }
        rig.feed(frames)
        #expect(rig.fault?.reason == (dies ? .sectionFlood : .field(.tooManyFields)))
    }

    @Test func `answers that are not read are bounded`() {
        var limits = HTTP2Limits()
        limits.owed = 1700
        let rig = MachineRig(limits: limits)
        rig.feed(Array(repeating: .ping(), count: 100))
        #expect(rig.fault == nil)
        rig.feed(.ping())
        #expect(rig.fault?.reason == .answersUnread)
    }

    @Test func `answers that are read are not`() {
        var limits = HTTP2Limits()
        limits.owed = 1700
        limits.pings.burst = 100_000
        let rig = MachineRig(limits: limits)
        for _ in 0..<1000 {
            rig.feed(Array(repeating: .ping(), count: 99))
            rig.output.clear()
        }
        #expect(rig.fault == nil)
    }

    @Test func `answers among content that never runs dry are not debts for ever`() {
        var limits = HTTP2Limits()
        limits.owed = 1700
        let rig = MachineRig(limits: limits, settings: [(4, 0x7fff_ffff)])
        rig.feed(.windowUpdate(0, 0x7000_0000), .headers(1, get()))
        rig.machine.sendHead(1, ends: false, output: &rig.output) { $0.append(status: 200) }
        let content = String(repeating: "x", count: 10_000)
        for _ in 0..<5000 {
            rig.machine.sendData(1, content.utf8.span, ends: false, output: &rig.output)
            rig.feed(.ping())
            if rig.output.readableCount > 50_000 { rig.output.consume(20_000) }
        }
        #expect(rig.fault == nil)
        // And when nothing is read any more, they are.
        for _ in 0..<200 { rig.feed(.ping()) }
        #expect(rig.fault?.reason == .answersUnread)
    }

    @Test func `interim answers to one request are bounded`() {
        let rig = MachineRig(.client)
        rig.ask()
        let interim = Frame.headers(1, [(":status", "103")], flags: 0x04)
        rig.feed(Array(repeating: interim, count: 16))
        #expect(rig.fault == nil)
        rig.feed(interim)
        #expect(rig.happenings.last == .reset(1, .enhanceYourCalm, byPeer: false))
        #expect(!rig.happenings.contains(.dies(.enhanceYourCalm)))
    }

    @Test func `an origin that spoils its answers loses streams only`() {
        let rig = MachineRig(.client)
        for _ in 0..<2000 {
            guard let stream = rig.ask() else { break }
            rig.feed(.headers(stream, [(":status", "99")]))
            rig.output.clear()
        }
        #expect(rig.happenings.count == 2000)
        let isDead = rig.machine.isDead
        #expect(!isDead)
    }
}
