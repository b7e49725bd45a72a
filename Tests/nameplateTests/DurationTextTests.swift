// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import nameplate

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("10s", .seconds(10)), ("12h", .seconds(43_200)),
        ("5m", .seconds(300)), ("7d", .seconds(604_800)), ("0s", .zero),
        ("100us", .microseconds(100)),
    ])
    func `a duration is a number and a unit, both ways`(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
        #expect(DurationText.parse(DurationText.text(duration)) == duration)
    }

    @Test(arguments: ["", "10", "s", "10 s", "-1s", "1.5s", "10sec", "1h30m", "9999999999s", "١s"])
    func `anything else is none`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test func `a duration too long to count is none`() {
        #expect(DurationText.parse("999999999d") == nil)
    }
}
