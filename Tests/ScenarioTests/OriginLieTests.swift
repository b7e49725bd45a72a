// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// An origin that lies costs its own request: the client gets 502, 504 or a message that is
    /// visibly broken, never one that looks whole and is not, and nobody else notices.
    @Suite(.serialized) struct OriginLies {
        @Test(arguments: ["1.1", "2"])
        func `a lie is no answer, and costs its own request only`(version: String) async throws {
            try await Lab.play("lies over HTTP \(version)") { lab in
                let liar = Ports.free()
                let front = try await Front(lab) {
                    $0["application_url"] = "http://127.0.0.1:\(liar)"
                    $0["origin"] = ["response_timeout": "3s", "body_timeout": "3s"]
                }
                try await front.playRows(
                    "lies.py", ["\(front.edge.httpsPort)", "\(liar)", front.roots, version],
                    atLeast: 100)
            }
        }
    }
}
