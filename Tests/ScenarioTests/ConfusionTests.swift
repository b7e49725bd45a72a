// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// The origin hears nothing that two parsers could read in two ways: thousands of requests,
    /// each with another behind it, in front of an origin that records every byte.
    @Suite(.serialized) struct Confusion {
        @Test func `a strict parser takes all that the origin hears`() async throws {
            try await Lab.play { lab in
                let recorder = Ports.free()
                let front = try await Front(lab) {
                    $0["application_url"] = "http://127.0.0.1:\(recorder)"
                }
                try await front.playRows(
                    "confusion.py", ["\(front.edge.httpsPort)", "\(recorder)", front.roots],
                    atLeast: 4000)
            }
        }
    }
}
