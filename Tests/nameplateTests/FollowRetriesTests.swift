// SPDX-License-Identifier: Apache-2.0
import Networking
import Testing

@testable import nameplate

@Suite struct FollowRetriesTests {
    @Test func `an API that has never answered is not asked again`() {
        var retries = FollowRetries()
        #expect(retries.failed(at: .now) == nil)
    }

    @Test func `pauses grow to their bound, and the silence has one, which an answer moves`() {
        var retries = FollowRetries()
        retries.answered()
        var now = Instant.now
        #expect(retries.failed(at: now) == FollowRetries.pauseMin)
        #expect(retries.isSilent)
        retries.answered()
        #expect(!retries.isSilent)

        let start = now
        var pauses: [Duration] = []
        while let pause = retries.failed(at: now) {
            pauses.append(pause)
            now = now + pause
        }
        #expect(pauses.first == FollowRetries.pauseMin)
        #expect(pauses.max() == FollowRetries.pauseMax)
        #expect(pauses == pauses.sorted())
        #expect(start.duration(to: now) >= FollowRetries.patience)
        #expect(start.duration(to: now) < FollowRetries.patience + FollowRetries.pauseMax)
        retries.answered()
        #expect(retries.failed(at: now) == FollowRetries.pauseMin)
    }
}
