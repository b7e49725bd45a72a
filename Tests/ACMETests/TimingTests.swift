// SPDX-License-Identifier: Apache-2.0
@testable import ACME
import FoundationEssentials
import Testing

/// What decides when to ask again. No clock: the pauses are values.
@Suite struct TimingTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    let now = Date(timeIntervalSince1970: 784_111_777)

    @Test(arguments: [
        ("0", Duration.zero), ("120", .seconds(120)), (" 7\t", .seconds(7)),
        ("Sun, 06 Nov 1994 08:49:47 GMT", .seconds(10)),
        ("Sunday, 06-Nov-94 08:49:47 GMT", .seconds(10)),
        ("Sun Nov  6 08:49:47 1994", .seconds(10)),
        ("Sun, 06 Nov 1994 08:49:00 GMT", .zero),
        ("Tue, 29 Nov 1994 08:49:37 GMT", .seconds(7 * 86_400)),
        ("99999999999999999999", .seconds(7 * 86_400)),
    ])
    func `Retry-After is seconds or a date, bounded`(field: String, expected: Duration) {
        #expect(RetryAfter.delay(field, now: now) == expected)
    }

    @Test(arguments: [
        "", "soon", "-1", "1.5", "Sun, 06 Nov 1994 08:49:37", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT",
    ])
    func `anything else is no Retry-After`(field: String) {
        #expect(RetryAfter.delay(field, now: now) == nil)
    }

    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
        ("Fri, 31 Dec 2027 23:59:60 GMT", 1_830_297_600),
        ("Sat, 01 Mar 2036 00:00:00 GMT", 2_087_942_400),
    ])
    func `dates follow the calendar`(text: String, expected: Double) {
        #expect(HTTPDate.parse(text, now: now)?.timeIntervalSince1970 == expected)
    }

    @Test func `polling starts at 20 ms and backs off to a second`() {
        var schedule = PollSchedule()
        let pauses = (0..<12).map { _ in schedule.next(retryAfter: nil) }
        #expect(pauses[0] == .milliseconds(20))
        #expect(pauses[1] == .milliseconds(32))
        #expect(zip(pauses, pauses.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(pauses.last == .seconds(1))
        // Done within 100 ms: looked at three times by then.
        #expect(pauses.prefix(2).reduce(.zero, +) < .milliseconds(60))
    }

    @Test func `the CA's time overrides ours for that pause only`() {
        var schedule = PollSchedule()
        #expect(schedule.next(retryAfter: .seconds(3)) == .seconds(3))
        #expect(schedule.next(retryAfter: nil) == .milliseconds(32))
        #expect(schedule.next(retryAfter: .zero) == PollSchedule.first)
    }

    @Test(arguments: [
        ("2021-01-03T00:00:00Z", 1_609_632_000.0), ("2021-01-03T00:00:00.5Z", 1_609_632_000.5),
        ("2026-08-05T11:22:33.123456789Z", 1_785_928_953.123),
        ("2021-01-03T01:00:00+01:00", 1_609_632_000),
    ])
    func `renewal windows are RFC 3339 timestamps`(text: String, expected: Double) throws {
        let date = try #require(Date(timestamp: text))
        #expect(abs(date.timeIntervalSince1970 - expected) < 0.001)
    }

    @Test func `a window that runs backwards is none`() {
        #expect(RenewalInfo(start: now, end: now) == nil)
        #expect(RenewalInfo(start: now, end: now.addingTimeInterval(1)) != nil)
    }

    private func error(_ cause: ACMEError.Cause) -> ACMEError {
        ACMEError(step: .placeOrder("a.example"), cause: cause)
    }

    @Test func `only reading is repeated after 5xx, and three times`() {
        let down = error(.status(503, retryAfter: nil, excerpt: ""))
        var reading = Retries(ACMEClient.Limits(), isRepeatable: true)
        #expect(
            (0..<4).map { _ in reading.pause(after: down) != nil } == [true, true, true, false])
        var changing = Retries(ACMEClient.Limits(), isRepeatable: false)
        #expect(changing.pause(after: down) == nil)
    }

    @Test func `a request that never left is repeated whatever it does`() {
        var changing = Retries(ACMEClient.Limits(), isRepeatable: false)
        #expect(changing.pause(after: error(.unreachable("refused", wasSent: true))) == nil)
        #expect(changing.pause(after: error(.unreachable("refused", wasSent: false))) != nil)
    }

    @Test func `a refused nonce is replaced ten times, at once`() {
        let refused = error(
            .problem(
                Problem(type: "urn:ietf:params:acme:error:badNonce"), status: 400, retryAfter: nil))
        var retries = Retries(ACMEClient.Limits(), isRepeatable: false)
        for _ in 0..<10 { #expect(retries.pause(after: refused) == .zero) }
        #expect(retries.pause(after: refused) == nil)
    }

    @Test func `a CA that wants to be left alone for long is not waited for`() {
        var retries = Retries(ACMEClient.Limits(), isRepeatable: true)
        #expect(
            retries.pause(after: error(.status(503, retryAfter: .seconds(5), excerpt: "")))
                == .seconds(5))
        #expect(
            retries.pause(after: error(.status(503, retryAfter: .seconds(3600), excerpt: "")))
                == nil)
        #expect(retries.pause(after: error(.status(429, retryAfter: .zero, excerpt: ""))) == nil)
    }
}
