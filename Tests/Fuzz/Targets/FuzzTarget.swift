// SPDX-License-Identifier: Apache-2.0

/// What is fed with any bytes: every codec that reads what a stranger sends.
///
/// A finding is a trap: in the codec, or of a claim here that does not hold.
package enum FuzzTarget: String, CaseIterable, Sendable {
    case http1, hpack, frames, dns, proxy, json

    package func run(_ input: [UInt8]) {
        switch self {
        case .http1: HTTP1Fuzz.run(input)
        case .hpack: HPACKFuzz.run(input)
        case .frames: FramesFuzz.run(input)
        case .dns: DNSFuzz.run(input)
        case .proxy: ProxyFuzz.run(input)
        case .json: JSONFuzz.run(input)
        }
    }
}
