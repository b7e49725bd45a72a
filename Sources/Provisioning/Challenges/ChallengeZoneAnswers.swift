// SPDX-License-Identifier: Apache-2.0
package import DNS

/// How dns-01 is answered: the zone that domains delegate to, and who writes into it.
package struct ChallengeZoneAnswers: Sendable {
    package let name: ChallengeZoneName
    package let writer: any ChallengeZoneWriter

    package init(_ name: ChallengeZoneName, writer: any ChallengeZoneWriter) {
        self.name = name
        self.writer = writer
    }
}
