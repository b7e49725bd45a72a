// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import TLS
import Testing

@Suite struct RenewalScheduleTests {
    let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func share(_ lifetime: Double, at fraction: Double, name: String) -> Double {
        let due = RenewalSchedule.due(
            notBefore: start, notAfter: start.addingTimeInterval(lifetime), at: fraction,
            name: name)
        return due.timeIntervalSince(start) / lifetime
    }

    /// Lifetime in seconds, the fraction configured, the fraction that counts.
    static let shares: [(Double, Double, Double)] = [
        (7_776_000, 0.667, 0.667), (864_000, 0.667, 0.667), (863_999, 0.667, 0.5),
        (576_000, 0.667, 0.5), (120, 0.667, 0.5), (7_776_000, 0.8, 0.8), (120, 0.3, 0.3),
    ]

    @Test(arguments: shares)
    func `two thirds of a lifetime, half of a short one`(
        lifetime: Double, fraction: Double, expected: Double
    ) {
        for index in 0..<50 {
            let share = share(lifetime, at: fraction, name: "\(index).example.com")
            #expect(abs(share - expected) <= RenewalSchedule.jitter + 1e-9)
        }
    }

    @Test func `jitter spreads names and stays the same for each`() {
        let shares = (0..<1000).map { share(1e7, at: 0.667, name: "\($0).example.com") }
        #expect(Set(shares).count == 1000)
        let mean = shares.reduce(0, +) / 1000
        #expect(abs(mean - 0.667) < 0.002)
        #expect(shares.filter { $0 < 0.66 }.count > 100)
        #expect(shares[7] == share(1e7, at: 0.667, name: "7.example.com"))
    }

    @Test func `the CA's window decides, at one moment in it for each name`() {
        let window = start.addingTimeInterval(100)..<start.addingTimeInterval(200)
        let dues = (0..<200).map { index in
            RenewalSchedule.due(
                window: window, notBefore: start, notAfter: start.addingTimeInterval(10_000),
                name: "\(index).example.com")
        }
        #expect(dues.allSatisfy(window.contains))
        #expect(Set(dues).count == 200)
    }

    @Test func `a window at the very end leaves a twentieth of the lifetime`() {
        let window = start.addingTimeInterval(9990)..<start.addingTimeInterval(20_000)
        let due = RenewalSchedule.due(
            window: window, notBefore: start, notAfter: start.addingTimeInterval(10_000),
            name: "a.example.com")
        #expect(abs(due.timeIntervalSince(start) - 9500) < 1e-3)
    }

    /// Seconds: what the ladder says, the lifetime, the age, the wait.
    static let retries: [(Int, Int, Int, Int)] = [
        (60, 7_776_000, 5_184_000, 60), (86_400, 7_776_000, 5_184_000, 86_400),
        (86_400, 7_776_000, 7_646_400, 32_400), (86_400, 7_776_000, 7_776_000, 60),
        (60, 120, 60, 15), (600, 120, 100, 6), (60, 120, 130, 6),
    ]

    @Test(arguments: retries)
    func `a failed renewal waits less when time runs out, never too little`(
        ladder: Int, lifetime: Int, age: Int, expected: Int
    ) {
        let wait = RenewalSchedule.retry(
            ladder: .seconds(ladder), notBefore: start, notAfter: start + .seconds(lifetime),
            now: start + .seconds(age))
        #expect(wait.components.seconds == Int64(expected))
    }

    @Test func `the queue answers what is due, at the moment set last`() {
        var queue = RenewalQueue()
        let (a, b) = (
            CertificateName.exact(name("a.example.com")),
            CertificateName.exact(name("b.example.com"))
        )
        queue.set(a, at: start + .seconds(10))
        queue.set(b, at: start + .seconds(20))
        queue.set(a, at: start + .seconds(30))
        let due = [15, 25, 25, 30].map { queue.popDue(at: start + .seconds($0)) }
        #expect(due == [nil, b, nil, a])
        queue.set(a, at: start)
        queue.remove(a)
        let last = queue.popDue(at: .distantFuture)
        #expect(last == nil)
    }
}
