// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Management
import Registry
import Testing

/// Lists whose pages have numbers, where there is more than can be looked at.
@Suite struct NumberedListTests {
    private static let certificates = "/v2/1/domains/shop.test/certificates"

    @Test func `what would read too many objects is declined, and what need not is answered`()
        async throws
    {
        let rig = try await DialectRig(lookedAtMax: 2)
        try await rig.send("POST", "/v2/1/domains", #"{"name":"shop.test"}"#)
        for name in ["a", "b", "c"] {
            let made = try await rig.send(
                "POST", "\(Self.certificates)/letsencrypt", #"{"name":"\#(name)"}"#)
            #expect(made.status == 201, "\(made.bodyText)")
        }
        func search(
            _ key: String, _ comparison: String, _ value: String
        ) async throws
            -> ManagementResponse
        {
            try await rig.send(
                "POST", "/v1/certificate/_search",
                #"{"filters":[{"key":"\#(key)","operator":"\#(comparison)","value":"\#(value)"}]}"#)
        }
        let byEnd = try await search("expire", "GREATER", "2020-01-31")
        #expect(byEnd.status == 400)
        #expect(DialectShape.autodns.problem(with: byEnd) == nil)
        #expect(byEnd.json["object"]?["type"] == "filters", "\(byEnd.bodyText)")
        let byName = try await search("name", "LIKE", "*.shop.test")
        #expect(byName.json["object"]?["summary"] == 3, "\(byName.bodyText)")

        let sorted = try await rig.send("GET", "\(Self.certificates)?sort=common_name:asc")
        #expect(sorted.status == 400)
        #expect(DialectShape.dnsimple.problem(with: sorted) == nil)
        #expect(sorted.json["errors"]?["sort"] != nil, "\(sorted.bodyText)")
        let listed = try await rig.send("GET", "\(Self.certificates)?sort=id:asc&per_page=2")
        #expect(listed.json["pagination"]?["total_entries"] == 3, "\(listed.bodyText)")
        for path in ["/ssl?status=inactive", "/v2/1/domains", "/ssl-certificate?page=1"] {
            #expect(try await rig.send("GET", path).status == 200, "\(path)")
        }
    }

    @Test func `DNSimple's domains are found by a part of their names`() async throws {
        let rig = try await DialectRig()
        for name in ["shop.test", "bookshop.test", "shop.other.test", "else.test"] {
            try await rig.send("POST", "/v2/1/domains", #"{"name":"\#(name)"}"#)
        }
        for (part, total) in [
            ("shop", 3), ("SHOP.t", 2), ("shop.test", 2), ("*", 0), ("kshop", 1), ("", 4),
        ] {
            let found = try await rig.send("GET", "/v2/1/domains?per_page=1&name_like=\(part)")
            #expect(found.json["pagination"]?["total_entries"] == .integer(total), "\(part)")
            #expect(found.json["data"]?.arrayValue?.count == min(total, 1))
        }
        let byContact = try await rig.send("GET", "/v2/1/domains?registrant_id=1")
        #expect(byContact.status == 400)
    }
}
