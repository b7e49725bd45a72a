// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import TLS
import Testing

@Suite struct CredentialCacheTests {
    let clock = ManualClock()
    let credentials: [Credential]

    init() throws {
        let issuer = try ScriptedIssuer(clock: clock)
        credentials = try (0..<4).map { index in
            let (chain, key) = try issuer.pair([.exact(name("\(index).example.com"))])
            return try Credential(chain: chain, key: key)
        }
    }

    private func key(_ index: Int) -> CertificateName { .exact(name("\(index).example.com")) }

    @Test func `the least recently used one leaves when it is full`() {
        var cache = CredentialCache(capacity: 3)
        for index in 0..<3 {
            cache.insert(credentials[index], for: key(index), notAfter: .distantFuture)
        }
        _ = cache.credential(for: key(0), at: clock.now)
        cache.insert(credentials[3], for: key(3), notAfter: .distantFuture)
        #expect(cache.count == 3)
        let found1 = cache.credential(for: key(1), at: clock.now)
        #expect(found1 == nil)
        for index in [0, 2, 3] {
            let found2 = cache.credential(for: key(index), at: clock.now)
            #expect(found2 === credentials[index])
        }
    }

    @Test func `a cache of one holds the last one`() {
        var cache = CredentialCache(capacity: 1)
        for index in 0..<4 {
            cache.insert(credentials[index], for: key(index), notAfter: .distantFuture)
            let found3 = cache.credential(for: key(index), at: clock.now)
            #expect(found3 === credentials[index])
            #expect(cache.count == 1)
        }
    }

    @Test func `a name has one credential, the last`() {
        var cache = CredentialCache(capacity: 3)
        cache.insert(credentials[0], for: key(0), notAfter: .distantFuture)
        cache.insert(credentials[1], for: key(0), notAfter: .distantFuture)
        let found4 = cache.credential(for: key(0), at: clock.now)
        #expect(found4 === credentials[1])
        #expect(cache.count == 1)
    }

    @Test func `what has expired is absent`() {
        var cache = CredentialCache(capacity: 3)
        cache.insert(credentials[0], for: key(0), notAfter: clock.now + .seconds(10))
        let found5 = cache.credential(for: key(0), at: clock.now)
        #expect(found5 != nil)
        clock.advance(by: .seconds(10))
        let found6 = cache.credential(for: key(0), at: clock.now)
        #expect(found6 == nil)
        #expect(cache.count == 0)
    }

    @Test func `any order of use keeps list and places in step`() {
        var cache = CredentialCache(capacity: 2)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let index = Int.random(in: 0..<4, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: cache.insert(credentials[index], for: key(index), notAfter: .distantFuture)
            case 1: cache.remove(key(index))
            default:
                let found = cache.credential(for: key(index), at: clock.now)
                #expect(found == nil || found === credentials[index])
            }
            #expect(cache.count <= 2)
        }
    }
}

extension Date {
    static func + (date: Date, duration: Duration) -> Date {
        date.addingTimeInterval(Double(duration.components.seconds))
    }
}
