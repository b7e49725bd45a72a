// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

@Suite struct HTTP2MustTests {
    @Test(arguments: MustTable.all)
    func `each requirement is met however the frames are cut`(row: MustRow) {
        for cut in Cut.allCases {
            for seed in 1...(cut == .random ? 10 : 1) {
                let rig = MachineRig(row.role, greeted: row.isGreeted)
                rig.cut = cut
                rig.random = SeededGenerator(seed: UInt64(seed))
                play(row, rig)
                check(row, rig, "cut \(cut), seed \(seed)")
            }
        }
    }

    private func play(_ row: MustRow, _ rig: MachineRig) {
        for step in row.steps {
            switch step {
            case .bytes(let bytes): rig.feed(bytes)
            case .answer(let stream, let content): rig.answer(stream, content)
            case .reset(let stream): rig.machine.reset(stream, .cancel, output: &rig.output)
            case .ask(let method, let ends): rig.ask(method, ends: ends)
            case .goAway: rig.machine.goAway(output: &rig.output)
            }
        }
    }

    private func check(_ row: MustRow, _ rig: MachineRig, _ how: Comment) {
        let sent = rig.sent()
        switch row.outcome {
        case .connection(let code):
            #expect(rig.happenings.last == .dies(code), how)
            #expect(sent.last?.type == 7 && sent.last?.word(at: 4) == code.rawValue, how)
            rig.feed(.ping())
            #expect(rig.sent().isEmpty, how)
            let isDead = rig.machine.isDead
            #expect(isDead, how)
        case .stream(let stream, let code):
            #expect(rig.happenings.last == .reset(stream, code, byPeer: false), how)
            #expect(sent.contains(.resetStream(stream, code.rawValue)), how)
            let isOpen = rig.machine.isOpen(stream)
            #expect(!isOpen, how)
            checkAlive(rig, how)
        case .happens(let happenings):
            #expect(rig.happenings == happenings, how)
            checkAlive(rig, how)
        }
    }

    private func checkAlive(_ rig: MachineRig, _ how: Comment) {
        guard rig.machine.hasReceivedPreface, !rig.machine.isMidSection else { return }
        _ = rig.sent()
        rig.feed(.ping("alive???"))
        #expect(rig.sent() == [.ping("alive???", flags: 1)], how)
    }
}
