// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Registry
import Testing

@testable import Management

/// Who may call the native API, and what those hear who may not.
@Suite struct NativeAccessTests {
    /// The status and the kind of a problem.
    private func problem(_ answer: ManagementRig.Answer) -> String {
        let type = answer["type"].stringValue ?? ""
        #expect(answer.field("Content-Type") == "application/problem+json")
        #expect(answer["status"].integerValue == answer.status)
        for member in ["title", "detail", "advice"] {
            #expect(answer[member].stringValue?.isEmpty == false)
        }
        return "\(answer.status) \(type.split(separator: "/").last ?? "")"
    }

    @Test func `without a right secret nothing is answered but what everybody may know`()
        async throws
    {
        let rig = try await ManagementRig()
        let unknown = try await rig.send("GET", "/edge/v1/domains", by: nil)
        #expect(problem(unknown) == "401 unauthenticated")
        #expect(unknown.field("WWW-Authenticate")?.hasPrefix("Basic ") == true)
        for route in NativeRoutes.all {
            let path = route.parameters.reduce(route.path) {
                $0.replacingOccurrences(of: "{\($1)}", with: "crt_1")
            }
            let answer = try await rig.send(
                route.verb.rawValue, "/edge/v1\(path)", by: nil)
            #expect((answer.status == 401) == (route.scope != nil), "\(route.name)")
        }
    }

    @Test func `secrets count as Basic and as Bearer`() async throws {
        let rig = try await ManagementRig()
        let answer = try await rig.send(
            "GET", "/edge/v1/account", by: nil,
            fields: [("Authorization", "Bearer \(ManagementRig.Client.reader.secret)")])
        #expect(answer["application_id"] == "reader")
        #expect(answer["scopes"] == ["read"])
        #expect(try await rig.send("GET", "/edge/v1/account")["application_id"] == "app")
    }

    @Test func `a client may do what its scopes say and nothing else`() async throws {
        let rig = try await ManagementRig()
        for route in NativeRoutes.all {
            guard let scope = route.scope else { continue }
            let path = route.parameters.reduce(route.path) {
                $0.replacingOccurrences(of: "{\($1)}", with: "ver_999")
            }
            let answer = try await rig.send(
                route.verb.rawValue, "/edge/v1\(path)", route.body == nil ? nil : "{}", by: .reader)
            #expect((answer.status == 403) == (scope != .read), "\(route.name)")
            if scope != .read {
                #expect(problem(answer) == "403 forbidden")
                #expect(answer["scope"].stringValue == scope.rawValue)
            }
        }
        let key = try await rig.send("GET", "/edge/v1/versions/ver_1/private-key.pem")
        #expect(problem(key) == "403 forbidden")
        let other = try await rig.send(
            "GET", "/edge/v1/versions/ver_1/private-key.pem", by: .exporter)
        #expect(problem(other) == "404 not_found")
    }

    @Test func `who is taken away while it waits for events is told nothing more`() async throws {
        let heard = Heard()
        let rig = try await ManagementRig(more: [heard])
        async let waited = rig.send("GET", "/edge/v1/events?wait=20")
        try await heard.request(for: "/edge/v1/events")
        // What came later is answered: the other one was let in, and waits.
        #expect(try await rig.send("GET", "/edge/v1/account").status == 200)
        await rig.access.adopt([])
        try await rig.registry.change(
            by: Caller(account: Caller.mainAccount, actor: "edge", requestID: "", cause: .api)
        ) { draft in
            draft.record(.clientLockedOut, about: Event.Subject(.client, 0, "app"), data: [:])
        }
        let answer = try await waited
        #expect(problem(answer) == "401 unauthenticated")
        #expect(answer["detail"] == "They are those of no client any more.")
    }

    @Test func `a client that keeps failing is shut out for a while, and no other with it`()
        async throws
    {
        let rig = try await ManagementRig()
        for _ in 1...10 {
            // app:wrong
            let wrong = try await rig.send(
                "GET", "/edge/v1/account", by: nil,
                fields: [("Authorization", "Basic YXBwOndyb25n")])
            #expect(problem(wrong) == "401 unauthenticated", "\(wrong.text)")
        }
        let out = try await rig.send("GET", "/edge/v1/account")
        #expect(problem(out) == "429 locked_out")
        #expect(out.field("Retry-After").flatMap { Int($0) }.map { $0 > 0 } == true)
        #expect(try await rig.send("GET", "/edge/v1/account", by: .reader).status == 200)
        rig.moment.pass(.seconds(301))
        #expect(try await rig.send("GET", "/edge/v1/account").status == 200)
    }

    @Test func `what another account has is not there`() async throws {
        let rig = try await ManagementRig()
        let domain = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"shop.example.test"}"#)
        let certificate = try await rig.send(
            "POST", "/edge/v1/certificates", #"{"names":["a.example.test"],"start":false}"#)
        let site = try await rig.send("POST", "/edge/v1/sites", #"{"name":"one"}"#)
        let webhook = try await rig.send(
            "POST", "/edge/v1/webhooks", #"{"url":"http://127.0.0.1:9/"}"#)
        let paths: [(String, ManagementRig.Answer)] = [
            ("domains", domain), ("certificates", certificate), ("sites", site),
            ("webhooks", webhook),
        ]
        for (collection, made) in paths {
            #expect(made.status == 201, "\(collection): \(made.text)")
            let path = "/edge/v1/\(collection)/\(made["id"].stringValue ?? "")"
            #expect(try await rig.send("GET", path).status == 200)
            for method in ["GET", "DELETE"] {
                let foreign = try await rig.send(method, path, by: .stranger)
                #expect(problem(foreign) == "404 not_found", "\(method) \(path)")
            }
            #expect(try await rig.send("GET", path).status == 200)
            let list = try await rig.send("GET", "/edge/v1/\(collection)", by: .stranger)
            #expect(list["data"] == [])
        }
        let taken = try await rig.send(
            "POST", "/edge/v1/domains", #"{"name":"shop.example.test"}"#, by: .stranger)
        #expect(problem(taken) == "409 conflict")
        let issuance = certificate["open_issuance_id"].stringValue ?? ""
        for path in ["issuances/\(issuance)", "events/evt_1"] {
            let foreign = try await rig.send("GET", "/edge/v1/\(path)", by: .stranger)
            #expect(problem(foreign) == "404 not_found", "\(path)")
        }
    }
}
