// SPDX-License-Identifier: Apache-2.0
import Foundation
import Registry
import Testing

@testable import Management

/// What the native API's lists are narrowed by, and bounds of what objects are told.
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

    @Test(arguments: [
        ("[1,3650]", 201), ("[3651]", 422), ("[0]", 422), ("[1,2,3,4,5,6,7,8,9,10]", 201),
        ("[1,2,3,4,5,6,7,8,9,10,11]", 422),
    ])
    func `notice of the end is given ten times, up to ten years before`(
        days: String, status: Int
    ) async throws {
        let rig = try await ManagementRig()
        let made = try await rig.send(
            "POST", "/edge/v1/certificates",
            "{\"names\":[\"a.example.test\"],\"start\":false,\"expiry_notice\":\(days)}")
        #expect(made.status == status, "\(made.text)")
    }

    @Test func `a signed chain brings its notice and what it is called`() async throws {
        let rig = try await ManagementRig()
        let made = try await rig.send(
            "POST", "/edge/v1/certificates",
            #"{"names":["a.example.test"],"issuer":"external","activation":"sites"}"#)
        let issuance = try #require(made["open_issuance_id"].stringValue, "\(made.text)")
        let path = "/edge/v1/issuances/\(issuance)"
        let request = try await rig.send("GET", "\(path)/request.pem")
        let signed = try OutsideAuthority().sign(request.text)
        let body: JSONValue = [
            "certificate": .string(signed.leaf), "issuers": .string(signed.chain),
            "expiry_notice": [30, 7], "description": "signed elsewhere",
        ]
        let version = try await rig.send(
            "PUT", "\(path)/chain", String(decoding: body.text, as: UTF8.self))
        #expect(version.status == 200, "\(version.text)")
        #expect(version["expiry_notice"] == [30, 7])
        #expect(version["description"] == "signed elsewhere")
    }
}
