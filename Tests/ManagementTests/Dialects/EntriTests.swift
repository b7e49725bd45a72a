// SPDX-License-Identifier: Apache-2.0
import Foundation
@testable import Management
@testable import Provisioning
import Registry
import TLS
import Testing

/// Entri's `/ssl`: what it says of a domain is what handshakes get.
@Suite struct EntriTests {
    private static let caller = Caller(account: "main", actor: "app", requestID: "r")
    private static let body = #"{"domain":"a.shop.test"}"#
    private static let host = CertificateName.exact(name("a.shop.test"))

    private static func served(_ rig: DialectRig) async throws {
        let made = try await rig.send("POST", "/ssl", body)
        #expect(made.status == 200, "\(made.bodyText)")
        try await until("it is served") { await rig.lifecycle.isServed(host) }
    }

    @Test func `who may have a certificate is not said to have one, whatever was noted`()
        async throws
    {
        let rig = try await DialectRig()
        _ = try await rig.lifecycle.register(DomainDraft(name: Self.host), by: Self.caller)
        for state in Domain.State.allCases {
            try await rig.registry.change(by: Self.caller) { change in
                var domain = try #require(try await change.domain(named: Self.host))
                domain.state = state
                change.put(domain)
            }
            let said = try await rig.send("GET", "/ssl", Self.body)
            #expect(said.json == ["eligible": true, "sslStatus": "inactive"], "\(state)")
        }
        // So it is not denied: the domain is `misrouted`, or was secured until its certificate expired.
        try await Self.served(rig)
        let said = try await rig.send("GET", "/ssl", Self.body)
        #expect(said.json == ["eligible": false, "sslStatus": "active"])
    }

    @Test func `what is served is active also while it points elsewhere`() async throws {
        let rig = try await DialectRig()
        try await Self.served(rig)
        rig.check.point("a.shop.test", here: false)
        let said = try await rig.send("GET", "/ssl", Self.body)
        #expect(said.json == ["eligible": false, "sslStatus": "active"])
        #expect(try await rig.send("POST", "/ssl", Self.body).status == 400)
        let changed = try await rig.send(
            "PUT", "/ssl", #"{"domain":"a.shop.test","applicationUrl":"https://app.test"}"#)
        #expect(changed.json["sslStatus"] == "active")
    }

    @Test func `a call that is declined changes no application URL`() async throws {
        let rig = try await DialectRig()
        var draft = DomainDraft(name: Self.host)
        draft.applicationURLs = ["https://old.test"]
        _ = try await rig.lifecycle.register(draft, by: Self.caller)
        let before = try await rig.eventCount()
        let faulty = try await rig.send(
            "POST", "/ssl", #"{"domain":"a.shop.test","applicationUrl":"ftp://new.test"}"#)
        #expect(faulty.status == 400, "\(faulty.bodyText)")
        #expect(faulty.json["message"]?.stringValue?.hasPrefix("applicationUrl: ") == true)
        #expect(try await rig.eventCount() == before)
        try await Self.served(rig)
        try await until("all is told") {
            try await rig.lifecycle.domain(.name(Self.host), for: Self.caller).state == .secured
        }
        let served = try await rig.eventCount()
        let late = try await rig.send(
            "POST", "/ssl", #"{"domain":"a.shop.test","applicationUrl":"https://new.test"}"#)
        #expect(late.status == 409, "\(late.bodyText)")
        #expect(try await rig.eventCount() == served)
        let listed = try await rig.send("GET", "/ssl").json["data"]?[0]?["applicationUrl"]
        #expect(listed?.stringValue?.hasPrefix("https://old.test") == true)
    }

    @Test func `a domain without a URL of its own is shown with that of all others`() async throws {
        let rig = try await DialectRig()
        let made = try await rig.send("POST", "/ssl", Self.body)
        #expect(made.json["applicationUrl"] == "http://127.0.0.1:9000")
        let listed = try await rig.send("GET", "/ssl").json["data"]?[0]
        #expect(listed?["applicationUrl"] == "http://127.0.0.1:9000")
    }
}
