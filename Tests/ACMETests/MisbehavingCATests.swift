// SPDX-License-Identifier: Apache-2.0
import ACME
import HTTP
import Networking
import ScriptedCA
import TLS
import Testing

/// What bad input from a CA comes to: an error that names the step and the side, never a hang.
@Suite struct MisbehavingCATests {
    typealias Outcome = ScriptedCA.Outcome

    /// Fails the step at `path` and tells the error.
    private func error(
        _ path: String, _ outcomes: [Outcome], deadline: Duration = .seconds(60)
    ) async throws -> ACMEError? {
        let found = Found()
        try await conversation { ca, client in
            let account = try await openAccount(client)
            ca.script(path, outcomes)
            let presenter = RecordingPresenter()
            found.error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(
                    client, account: account, presenter: presenter, deadline: deadline)
            }
            #expect(presenter.withdrawn == presenter.presented)
        }
        return found.error
    }

    private final class Found {
        var error: ACMEError?
    }

    static let html = Outcome.answer(
        200, "text/html", "<html>\r\n<h1>It\tworks!</h1></html>")
    static let half = Outcome.answer(201, "application/json", #"{"status":"pend"#)

    /// Each step, as it is called in messages.
    static let steps: [(String, String)] = [
        ("/order", "ordering a certificate for a.example"),
        ("/authz", "reading the authorizations for a.example"),
        ("/challenge", "validating a.example by tls-alpn-01"),
        ("/finalize", "finalizing the order for a.example"),
        ("/cert", "downloading the certificate for a.example"),
    ]

    @Test(arguments: steps)
    func `HTML, half a body, an empty one and a redirect make no sense, and say where`(
        path: String, step: String
    ) async throws {
        let outcomes: [Outcome] = [
            Self.html, Self.half, .answer(200, "application/json", ""),
            .answer(200, "application/json", "[1,2,3]"), .failure(.malformed(reason: "not HTTP")),
            .failure(.tooLarge(limit: 512 * 1024)),
        ]
        for outcome in outcomes where path != "/challenge" {
            let error = try #require(try await error(path, [outcome]))
            #expect(error.class == .outage, "\(error)")
            #expect("\(error)".hasPrefix(step + ": "), "\(error)")
        }
        let redirect = Outcome.answer(302, "text/html", "", ("Location", "https://elsewhere/"))
        let error = try #require(try await error(path, [redirect]))
        #expect("\(error)" == "\(step): the CA answers 302")
    }

    @Test(arguments: steps)
    func `a quota keeps its Retry-After, with a problem document or without`(
        path: String, step: String
    ) async throws {
        for outcome in [
            Outcome.problem("rateLimited", 429, ("Retry-After", "3600")),
            .answer(429, "text/html", "slow down", ("Retry-After", "3600")),
        ] {
            let error = try #require(try await error(path, [outcome]))
            #expect(error.class == .rateLimited(retryAfter: .seconds(3600)))
            #expect("\(error)".contains("to be retried after 3600 s"))
        }
    }

    @Test func `500 is survived three times where the CA is only read`() async throws {
        let down = Outcome.answer(500, "text/html", "oops")
        try await conversation { ca, client in
            ca.script("/dir", down, down, down)
            ca.script("/nonce", down, .failure(.closed), down)
            ca.script(
                "/authz", down, .failure(.timedOut(.response)), .problem("serverInternal", 503))
            ca.script("/cert", down, down, down)
            _ = try await obtain(client)
            #expect(ca.orderCount == 1)
        }
        let error = try #require(try await error("/authz", [down, down, down, down]))
        #expect(error.class == .outage)
        #expect("\(error)".hasSuffix("the CA answers 500: oops"))
    }

    @Test func `an order that may have been placed is not placed again`() async throws {
        try await conversation { ca, client in
            let account = try await openAccount(client)
            ca.script("/order", .failure(.closed))
            let error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(client, account: account)
            }
            #expect(error?.class == .outage)
            #expect(ca.count("/order") == 1)
        }
    }

    @Test func `a request that never left is sent again`() async throws {
        try await conversation { ca, client in
            let refused = Outcome.failure(.unreachable(address: "[::1]:443", reason: "refused"))
            ca.script("/order", refused, refused)
            _ = try await obtain(client)
            #expect(ca.orderCount == 1)
        }
    }

    @Test func `a CA that cannot be reached is an outage`() async throws {
        try await conversation { ca, client in
            let refused = Outcome.failure(.unreachable(address: "[::1]:443", reason: "refused"))
            ca.script("/dir", refused, refused, refused, refused)
            let error = await #expect(throws: ACMEError.self) { try await openAccount(client) }
            #expect(error?.class == .outage)
            #expect(
                said(error)
                    == "reading the directory: the CA is not reachable: connecting to [::1]:443: refused"
            )
            // The failure is not remembered.
            try await openAccount(client)
        }
    }

    @Test func `a directory that cannot be read again stays in use`() async throws {
        var limits = ACMEClient.Limits.impatient
        limits.directoryLife = .zero
        try await conversation(limits: limits) { ca, client in
            let account = try await openAccount(client)
            ca.script("/dir", [Outcome](repeating: .failure(.closed), count: 4))
            _ = try await obtain(client, account: account)
            #expect(ca.orderCount == 1)
        }
    }

    @Test func `a refused nonce is replaced by the one that came with the refusal`() async throws {
        try await conversation { ca, client in
            let account = try await openAccount(client)
            let heads = ca.count("/nonce")
            ca.script("/order", .problem("badNonce", 400), .problem("badNonce", 400))
            _ = try await obtain(client, account: account)
            #expect(ca.count("/nonce") == heads)
            #expect(ca.orderCount == 1)
        }
    }

    @Test func `a CA that refuses every nonce is given up after ten retries`() async throws {
        try await conversation { ca, client in
            let account = try await openAccount(client)
            ca.script("/order", [Outcome](repeating: .problem("badNonce", 400), count: 50))
            let error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(client, account: account)
            }
            #expect(error?.class == .outage)
            #expect(ca.count("/order") == 11)
        }
    }

    @Test func `an invalid authorization tells the CA's reason`() async throws {
        let authorization = """
            {"status":"invalid","identifier":{"type":"dns","value":"a.example"},"challenges":[
            {"type":"tls-alpn-01","status":"invalid","url":"https://ca.example/challenge/0.0",
            "token":"t","error":{"type":"urn:ietf:params:acme:error:unauthorized","status":403,
            "detail":"Incorrect validation certificate"}}]}
            """
        let pending = """
            {"status":"pending","identifier":{"type":"dns","value":"a.example"},"challenges":[
            {"type":"tls-alpn-01","status":"pending","url":"https://ca.example/challenge/0.0",
            "token":"t"}]}
            """
        let error = try #require(
            try await error(
                "/authz",
                [
                    .answer(200, "application/json", pending),
                    .answer(200, "application/json", authorization),
                ]))
        #expect(error.class == .validation)
        #expect(
            "\(error)" == """
                validating a.example by tls-alpn-01: the CA found unauthorized: \
                Incorrect validation certificate
                """)
    }

    @Test(arguments: [
        (
            "/authz",
            #"{"status":"pending","identifier":{"type":"dns","value":"b.example"},"challenges":[]}"#
        ),
        (
            "/authz",
            """
            {"status":"pending","identifier":{"type":"dns","value":"a.example"},"challenges":[
            {"type":"http-01","status":"pending","url":"https://ca.example/challenge/0.0",
            "token":"../../etc/passwd"}]}
            """
        ),
        (
            "/authz",
            """
            {"status":"pending","identifier":{"type":"dns","value":"a.example"},"challenges":[
            {"type":"http-01","status":"pending","url":"http://ca.example/challenge/0.0","token":"t"}]}
            """
        ),
        (
            "/order",
            #"{"status":"pending","identifiers":[],"authorizations":["file:///etc/passwd"],"finalize":"https://ca.example/f"}"#
        ),
        (
            "/order",
            #"{"status":"pending","identifiers":[],"authorizations":[],"finalize":"https://ca.example/f"}"#
        ),
        (
            "/finalize",
            #"{"status":"valid","identifiers":[],"authorizations":[],"finalize":"https://ca.example/f"}"#
        ),
    ])
    func `an answer that leads astray is not followed`(path: String, body: String) async throws {
        let error = try #require(try await error(path, [.answer(201, "application/json", body)]))
        #expect(error.class == .outage, "\(error)")
    }

    @Test func `an order without end is given up at the deadline`() async throws {
        var options = ScriptedCA.Options()
        options.looks = .max
        try await conversation(options) { ca, client in
            let account = try await openAccount(client)
            let presenter = RecordingPresenter()
            let error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(
                    client, account: account, presenter: presenter,
                    deadline: .milliseconds(200))
            }
            #expect(error?.class == .outage)
            #expect(said(error).hasSuffix("the CA was not done by the deadline"))
            #expect(presenter.withdrawn == presenter.presented)
        }
    }

    @Test func `a Retry-After beyond the deadline ends at the deadline`() async throws {
        try await conversation { ca, client in
            let account = try await openAccount(client)
            ca.script(
                "/challenge",
                .answer(200, "application/json", "{}", ("Retry-After", "86400")))
            let error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(client, account: account, deadline: .milliseconds(100))
            }
            #expect(error?.class == .outage)
        }
    }

    @Test func `a challenge that cannot be presented is our own fault`() async throws {
        try await conversation { ca, client in
            let error = await #expect(throws: ACMEError.self) {
                _ = try await obtain(client, presenter: FailingPresenter())
            }
            #expect(error?.class == .local)
            #expect(
                said(error) == """
                    presenting the tls-alpn-01 response of a.example: our side failed: port 80 is taken
                    """)
            #expect(ca.count("/challenge") == 0)
        }
    }

    @Test func `a CA without a challenge of ours says what it offers`() async throws {
        var options = ScriptedCA.Options()
        options.offersChallenges = ["dns-01", "unheard-of-01"]
        try await conversation(options) { ca, client in
            let error = await #expect(throws: ACMEError.self) { _ = try await obtain(client) }
            #expect(error?.class == .refused)
            #expect(said(error).hasSuffix("only dns-01, unheard-of-01"))
        }
    }

    @Test func `a cancelled order ends and cleans up`() async throws {
        var options = ScriptedCA.Options()
        options.looks = .max
        try await conversation(options) { ca, client in
            let account = try await openAccount(client)
            let presenter = RecordingPresenter()
            let task = Task {
                _ = try await obtain(client, account: account, presenter: presenter)
            }
            while presenter.presented.isEmpty { await Task.yield() }
            task.cancel()
            let result = await task.result
            #expect(throws: ACMEError.self) { try result.get() }
            #expect(presenter.withdrawn.count == 1)
        }
    }
}
