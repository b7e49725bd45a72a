// SPDX-License-Identifier: Apache-2.0
import Foundation
import Registry
import Testing

@testable import Management

/// What the native API's lists are narrowed by.
@Suite struct NativeFilterTests {
    @Test func `sites and webhooks are found by what their owner calls them`() async throws {
        let rig = try await ManagementRig()
        for (name, reference) in [("one", "a"), ("two", "a"), ("one", "b")] {
            for (path, body) in [
                ("sites", #""name":"\#(name)""#),
                ("webhooks", #""url":"https://127.0.0.1:1/\#(name)""#),
            ] {
                let made = try await rig.send(
                    "POST", "/edge/v1/\(path)", "{\(body),\"client_reference\":\"\(reference)\"}")
                #expect(made.status == 201, "\(made.text)")
            }
        }
        for (query, count) in [
            ("sites", 3), ("sites?name=one", 2), ("sites?client_reference=a", 2),
            ("sites?client_reference=a&name=one", 1), ("sites?name=three", 0), ("webhooks", 3),
            ("webhooks?client_reference=b", 1), ("webhooks?client_reference=c", 0),
        ] {
            let found = try await rig.send("GET", "/edge/v1/\(query)")
            #expect(found["data"].arrayValue?.count == count, "\(query)")
        }
        let long = String(repeating: "n", count: 256)
        for query in ["sites?name=\(long)", "sites?name=", "webhooks?client_reference=%0a"] {
            #expect(try await rig.send("GET", "/edge/v1/\(query)").status == 422, "\(query)")
        }
    }
}
