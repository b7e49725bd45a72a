// SPDX-License-Identifier: Apache-2.0
import ACME
import FoundationEssentials
import TLS
import Testing

@Suite struct ProblemTests {
    private func decode(_ text: String) throws -> Problem {
        try JSONDecoder().decode(Problem.self, from: Data(text.utf8))
    }

    /// The example of RFC 8555 §6.7.1.
    @Test func `subproblems are kept with what they are about`() throws {
        let problem = try decode(
            """
            {
                "type": "urn:ietf:params:acme:error:malformed",
                "detail": "Some of the identifiers requested were rejected",
                "subproblems": [
                    {
                        "type": "urn:ietf:params:acme:error:malformed",
                        "detail": "Invalid underscore in DNS name \\"_example.org\\"",
                        "identifier": { "type": "dns", "value": "_example.org" }
                    },
                    {
                        "type": "urn:ietf:params:acme:error:rejectedIdentifier",
                        "detail": "This CA will not issue for \\"example.net\\"",
                        "identifier": { "type": "dns", "value": "example.net" }
                    }
                ]
            }
            """)
        #expect(problem.name == "malformed")
        #expect(problem.subproblems.map(\.name) == ["malformed", "rejectedIdentifier"])
        #expect(problem.subproblems[1].identifier == Identifier(type: "dns", value: "example.net"))
        #expect(
            problem.description == """
                malformed: Some of the identifiers requested were rejected (_example.org: malformed: \
                Invalid underscore in DNS name "_example.org"; example.net: rejectedIdentifier: \
                This CA will not issue for "example.net")
                """)
    }

    @Test func `a problem that is written reads the same, without what no standard defines`() throws
    {
        let problem = try decode(
            """
            {"algorithms":["ES256"],"code":7,"detail":"no","status":400,
             "type":"urn:ietf:params:acme:error:badSignatureAlgorithm",
             "subproblems":[{"type":"about:blank","title":"x"}]}
            """)
        #expect(problem.detail == "no" && problem.status == 400)
        let again = try JSONDecoder().decode(Problem.self, from: JSONEncoder().encode(problem))
        #expect(again == problem)
    }

    @Test func `a member of the wrong kind does not silence the rest`() throws {
        let problem = try decode(
            #"{"type":"urn:ietf:params:acme:error:dns","status":"400","detail":"no A","subproblems":7}"#
        )
        #expect(problem.name == "dns")
        #expect(problem.detail == "no A")
        #expect(problem.status == nil)
        #expect(problem.subproblems.isEmpty)
    }

    @Test func `a problem without a type is about:blank`() throws {
        #expect(try decode("{}").type == "about:blank")
        #expect(try decode("{}").name == nil)
    }

    static let classes: [(String, Int, ACMEErrorClass)] = [
        ("rateLimited", 429, .rateLimited(retryAfter: .seconds(60))),
        ("rateLimited", 503, .rateLimited(retryAfter: .seconds(60))),
        ("anything", 429, .rateLimited(retryAfter: .seconds(60))),
        ("serverInternal", 500, .outage), ("serverInternal", 400, .outage),
        ("malformed", 503, .outage), ("badNonce", 400, .outage),
        ("caa", 403, .validation), ("connection", 400, .validation), ("dns", 400, .validation),
        ("incorrectResponse", 403, .validation), ("tls", 400, .validation),
        ("accountDoesNotExist", 400, .account), ("externalAccountRequired", 403, .account),
        ("unauthorized", 403, .account), ("userActionRequired", 403, .account),
        ("invalidContact", 400, .account),
        ("rejectedIdentifier", 400, .refused), ("badCSR", 400, .refused),
        ("malformed", 400, .refused), ("invalidProfile", 400, .refused),
        ("unheardOf", 400, .refused),
    ]

    @Test(arguments: classes)
    func `an answer's problem tells whose side it is on`(
        name: String, status: Int, expected: ACMEErrorClass
    ) {
        let problem = Problem(type: "urn:ietf:params:acme:error:\(name)")
        let error = ACMEError(
            step: .placeOrder("a.example"),
            cause: .problem(problem, status: status, retryAfter: .seconds(60)))
        #expect(error.class == expected)
    }

    /// RFC 8555 §8.2: `unauthorized` is about the account in one place and the domain in the other.
    @Test(arguments: [
        ("unauthorized", ACMEErrorClass.validation), ("dns", .validation), ("caa", .validation),
        ("unheardOf", .validation), ("serverInternal", .outage),
        ("rateLimited", .rateLimited(retryAfter: nil)),
    ])
    func `what the CA found at the domain is the domain's`(
        name: String, expected: ACMEErrorClass
    ) {
        let problem = Problem(type: "urn:ietf:params:acme:error:\(name)")
        let step = ACMEStep.validate(CertificateName("a.example")!, .http01)
        let error = ACMEError(step: step, cause: .invalid(problem))
        #expect(error.class == expected)
    }

    @Test func `a compound problem is of its first part's class`() {
        var problem = Problem(type: "urn:ietf:params:acme:error:compound")
        problem.subproblems = [Problem(type: "urn:ietf:params:acme:error:caa")]
        let error = ACMEError(
            step: .finalize("a.example"), cause: .problem(problem, status: 403, retryAfter: nil))
        #expect(error.class == .validation)
    }

    @Test func `an error says what was being done and what the CA said`() {
        let problem = Problem(type: "urn:ietf:params:acme:error:badCSR", detail: "key too small")
        let error = ACMEError(
            step: .finalize("a.example"), cause: .problem(problem, status: 400, retryAfter: nil))
        #expect(
            "\(error)"
                == "finalizing the order for a.example: the CA says 400 badCSR: key too small")
    }
}
