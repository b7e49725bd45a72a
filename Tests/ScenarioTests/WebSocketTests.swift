// SPDX-License-Identifier: Apache-2.0
import TestSupport
import Testing

extension Scenarios {
    /// What Autobahn's test suite plays with a server, through the edge and without it.
    @Suite(.serialized) struct WebSockets {
        @Test(arguments: ["1.1", "2"])
        func `every conversation is what it is without the edge`(version: String) async throws {
            try await Lab.play("WebSocket over HTTP \(version)") { lab in
                let server = Ports.free()
                let front = try await Front(lab) {
                    $0["application_url"] = "http://127.0.0.1:\(server)"
                }
                try await front.playRows(
                    "websocket_play.py",
                    ["\(front.edge.httpsPort)", "\(server)", front.roots, version], atLeast: 200)
            }
        }
    }
}
