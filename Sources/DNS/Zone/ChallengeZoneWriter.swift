// SPDX-License-Identifier: Apache-2.0

/// Puts TXT records into the zone that challenges are answered in: our own zone in memory, or that
/// of a server which takes updates.
package protocol ChallengeZoneWriter: Sendable {
    /// Adds a record beside those that `owner` has; returns once the zone's server answers with it.
    func add(_ text: String, at owner: DNSName) async throws
    /// Undoes `add`.
    func remove(_ text: String, at owner: DNSName) async
}
