// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The product seen from outside: the built binary between real clients, a real CA, real DNS
/// servers and an application.
///
/// One scenario at a time: each loads the machine as a customer's traffic would. One that hangs is
/// named, and ended.
@Suite(.serialized, .timeLimit(.minutes(60))) struct Scenarios {
    /// Whether to play the long forms, which take many minutes: `NAMEPLATE_LONG=1`.
    static let isLong = ProcessInfo.processInfo.environment["NAMEPLATE_LONG"] == "1"
}
