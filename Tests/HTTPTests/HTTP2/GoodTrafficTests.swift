// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Testing

/// What is of use is no abuse, at whatever rate: in none of these does time pass.
@Suite struct HTTP2GoodTrafficTests {
    @Test func `gRPC that measures its bandwidth as it downloads`() {
        let rig = MachineRig()
        rig.feed(.headers(1, get(method: "POST"), flags: 0x04))
        rig.machine.sendHead(1, ends: false, output: &rig.output) { $0.append(status: 200) }
        for _ in 0..<4_000 {
            rig.machine.sendData(1, "abcde".utf8.span, ends: false, output: &rig.output)
            rig.feed(.ping(), .windowUpdate(0, 5), .windowUpdate(1, 5))
            rig.output.clear()
        }
        #expect(rig.fault == nil)
    }

    @Test func `gRPC that measures its bandwidth as it uploads`() {
        let rig = MachineRig()
        rig.feed(.headers(1, get(method: "POST"), flags: 0x04))
        for _ in 0..<4_000 {
            rig.feed(.data(1, "abcde"), .ping(), .ping("01234567", flags: 1))
            rig.output.clear()
        }
        // Two a frame are too many; one is what gRPC sends, and it seldom has both directions.
        #expect(rig.fault?.reason == .pingFlood)

        let other = MachineRig()
        other.feed(.headers(1, get(method: "POST"), flags: 0x04))
        for _ in 0..<4_000 {
            other.feed(.data(1, "abcde"), .ping())
            other.output.clear()
        }
        #expect(other.fault == nil)
    }

    @Test func `a browser that leaves a page of 100 images, four times at once`() {
        let rig = MachineRig()
        for page in 0..<4 as Range<UInt32> {
            let streams = (0..<100).map { 200 * page + 2 * $0 + 1 }
            rig.feed(streams.map { .headers($0, get()) })
            rig.feed(streams.map { .resetStream($0) })
            rig.output.clear()
        }
        #expect(rig.fault?.code != .enhanceYourCalm)
    }

    @Test func `a client that cancels every other of its requests`() {
        let rig = MachineRig()
        for number in 0..<3_000 as Range<UInt32> {
            let stream = 4 * number + 1
            rig.feed(.headers(stream, get()), .headers(stream + 2, get()))
            rig.answer(stream, "abc")
            rig.feed(.resetStream(stream + 2))
            rig.output.clear()
        }
        #expect(rig.fault?.code != .enhanceYourCalm)
    }

    @Test func `a browser that says and changes its priorities`() {
        let rig = MachineRig()
        for number in 0..<3_000 as Range<UInt32> {
            let stream = 2 * number + 1
            rig.feed(
                .priorityUpdate(stream, "u=2"), .headers(stream, get()),
                .priorityUpdate(stream, "u=5"), .priority(stream, on: 0),
                .windowUpdate(stream, 12_000_000))
            rig.answer(stream, "abc")
            rig.feed(.windowUpdate(0, 3))
            rig.output.clear()
        }
        #expect(rig.fault == nil)
    }

    @Test func `an upload whose content comes byte by byte`() {
        let rig = MachineRig()
        rig.feed(.headers(1, get(method: "POST"), flags: 0x04))
        for _ in 0..<20_000 { rig.feed(.data(1, "a")) }
        rig.feed(.data(1, flags: 1))
        #expect(rig.fault == nil)
        #expect(rig.happenings.count == 2)
    }
}
