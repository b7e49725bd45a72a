// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import Provisioning
import Testing

/// When what failed is attempted again, and what is.
@Suite struct AttemptScheduleTests {
    private static let start = Date(timeIntervalSince1970: 1_900_000_000)
    private let schedule = AttemptSchedule()

    /// Seconds until the next attempt.
    private func wait(
        _ failures: Int, at now: Date = start, asked: Duration? = nil, key: String = "7"
    ) -> TimeInterval? {
        schedule.next(
            afterFailures: failures, since: Self.start, at: now, askedToWait: asked, key: key
        ).map { $0.timeIntervalSince(now) }
    }

    @Test func `pauses grow, a little longer than they are said to be`() throws {
        let said: [TimeInterval] = [60, 300, 900, 3600, 14_400, 14_400, 14_400]
        for (index, pause) in said.enumerated() {
            let found = try #require(wait(index + 1))
            #expect((pause...pause * 1.2).contains(found))
        }
    }

    @Test func `what failed together does not come back together, in no process`() {
        let waits = (0..<100).compactMap { wait(1, asked: .seconds(3600), key: "\($0)") }
        #expect(Set(waits).count == 100)
        #expect(waits.allSatisfy { (3600...4320).contains($0) })
        // Over the whole of it.
        #expect(waits.contains { $0 < 3720 } && waits.contains { $0 > 4200 })
        #expect(waits == (0..<100).compactMap { wait(1, asked: .seconds(3600), key: "\($0)") })
    }

    @Test func `a CA is believed for a day at most, and never for less than our pause`() throws {
        let day: TimeInterval = 86_400
        #expect((day...day * 1.2).contains(try #require(wait(1, asked: .seconds(1e9)))))
        #expect((60...72).contains(try #require(wait(1, asked: .seconds(1)))))
        #expect((60...72).contains(try #require(wait(1, asked: .seconds(-5)))))
    }

    @Test func `there is an end by time and one by number`() {
        let last = Self.start.addingTimeInterval(7 * 86_400)
        #expect(wait(5, at: last - 17_281) != nil)
        #expect(wait(5, at: last - 14_399) == nil)
        #expect(wait(49) != nil)
        #expect(wait(50) == nil)
        var none = AttemptSchedule()
        none.pauses = []
        #expect(
            none.next(
                afterFailures: 1, since: Self.start, at: Self.start, askedToWait: nil, key: "")
                == nil)
    }

    // MARK: What may pass

    private static func failure(_ errors: [(ACMEErrorClass, any Error)]) -> IssuanceFailure {
        IssuanceFailure(
            errors: errors.map { IssuerError(issuer: "ca", class: $0.0, underlying: $0.1) })
    }

    private static func acme(_ cause: ACMEError.Cause) -> IssuanceFailure {
        let error = ACMEError(step: .placeOrder("a.example"), cause: cause)
        return failure([(error.class, error)])
    }

    private static func problem(_ name: String, _ status: Int = 400) -> Problem {
        Problem(type: "urn:ietf:params:acme:error:\(name)", status: status)
    }

    @Test(arguments: ["connection", "dns", "incorrectResponse", "tls", "unauthorized"])
    func `what a CA could not reach it may reach later`(name: String) {
        #expect(Self.acme(.invalid(Self.problem(name))).isTransient)
    }

    @Test(arguments: ["caa", "rejectedIdentifier", "unsupportedIdentifier", "malformed", "other"])
    func `what a CA declines of a name stays declined`(name: String) {
        #expect(!Self.acme(.invalid(Self.problem(name))).isTransient)
        #expect(!Self.acme(.problem(Self.problem(name), status: 400, retryAfter: nil)).isTransient)
    }

    @Test func `of several names each has to be one that may pass`() {
        var compound = Self.problem("unauthorized")
        compound.subproblems = [Self.problem("dns"), Self.problem("connection")]
        #expect(Self.acme(.invalid(compound)).isTransient)
        compound.subproblems.append(Self.problem("caa"))
        #expect(!Self.acme(.invalid(compound)).isTransient)
    }

    @Test func `a CA that is down, limits or is slow may not be so later; an account stays closed`()
    {
        let limited = Self.problem("rateLimited", 429)
        for cause: ACMEError.Cause in [
            .timedOut, .unreachable("refused", wasSent: false), .malformed("no JSON"),
            .status(503, retryAfter: nil, excerpt: ""), .local("the DNS server did not answer"),
            .problem(limited, status: 429, retryAfter: nil),
            .problem(Self.problem("serverInternal"), status: 500, retryAfter: nil),
        ] {
            #expect(Self.acme(cause).isTransient, "\(cause)")
        }
        #expect(!Self.acme(.accountClosed("revoked")).isTransient)
        #expect(!Self.acme(.noChallenge(offered: ["dns-01"])).isTransient)
        // CAA permits none of ours.
        #expect(!IssuanceFailure(errors: []).isTransient)
    }

    @Test func `of several issuers, which are all asked again, none is asked before its time`() {
        let down = ACMEError(
            step: .readDirectory, cause: .status(503, retryAfter: .seconds(90), excerpt: ""))
        let limited = ACMEErrorClass.rateLimited(retryAfter: .seconds(600))
        #expect(Self.failure([(.outage, down)]).retryAfter == .seconds(90))
        #expect(Self.failure([(limited, down), (.outage, down)]).retryAfter == .seconds(600))
        let unsaid = ACMEError(step: .readDirectory, cause: .timedOut)
        #expect(Self.failure([(limited, down), (.outage, unsaid)]).retryAfter == .seconds(600))
        #expect(Self.failure([(limited, down), (.refused, down)]).retryAfter == .seconds(600))
        #expect(Self.failure([(limited, down), (.refused, down)]).isTransient)
        #expect(Self.failure([(.rateLimited(retryAfter: nil), down)]).retryAfter == nil)
        #expect(Self.failure([(.refused, down)]).retryAfter == nil)
    }
}
