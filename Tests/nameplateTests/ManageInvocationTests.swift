// SPDX-License-Identifier: Apache-2.0
import Registry
import Testing

@testable import nameplate

/// `nameplate domains`, `certificates` and `events`: from words to a call, and from JSON to lines.
@Suite struct ManageInvocationTests {
    private func operation(_ line: String) throws -> ManageOperation {
        let words = line.split(separator: " ").map(String.init)
        guard case .manage(.operation(let operation, _, _)) = try Invocation(words) else {
            throw UsageError(sentence: "no operation")
        }
        return operation
    }

    @Test(arguments: [
        ("domains list", "GET", "domains"),
        ("domains show shop.test", "GET", "domains/shop.test"),
        ("domains add shop.test", "POST", "domains"),
        ("domains check shop.test", "POST", "domains/shop.test/check"),
        ("domains provision dom_1 --wait", "POST", "domains/dom_1/provision"),
        ("domains remove shop.test", "DELETE", "domains/shop.test"),
        ("domains set-origin shop.test http://a.test", "PATCH", "domains/shop.test"),
        ("certificates list", "GET", "certificates"),
        ("certificates show crt_1", "GET", "certificates/crt_1"),
        ("certificates order a.test *.a.test", "POST", "certificates"),
        ("certificates renew crt_1", "POST", "certificates/crt_1/issuances"),
        ("certificates reissue crt_1", "POST", "certificates/crt_1/issuances"),
        ("certificates download ver_1", "GET", "versions/ver_1/chain.pem"),
        ("certificates download ver_1 --as zip", "GET", "versions/ver_1/bundle.zip"),
        (
            "certificates download crt_1 --as=key", "GET",
            "certificates/crt_1/{current version}/private-key.pem"
        ),
        ("certificates upload --certificate c --key k", "POST", "versions"),
        ("certificates revoke ver_1", "POST", "versions/ver_1/revoke"),
        ("certificates remove crt_1", "DELETE", "certificates/crt_1"),
        ("events list", "GET", "events"),
    ])
    func `words are a call of the API`(line: String, method: String, path: String) throws {
        let operation = try operation(line)
        #expect(operation.method == method)
        #expect(operation.path.joined(separator: "/") == path)
        #expect(operation.waits == line.contains("--wait"))
    }

    @Test(
        arguments: [
            ("domains add a.test", ["name": "a.test"]),
            (
                "domains add a.test --origin http://b.test --origin http://c.test --reference r",
                [
                    "name": "a.test", "application_urls": ["http://b.test", "http://c.test"],
                    "client_reference": "r",
                ]
            ),
            ("domains set-origin a.test", ["application_urls": []]),
            ("certificates order a.test b.test", ["names": ["a.test", "b.test"]]),
            (
                "certificates reissue crt_1 --revoke --key-algorithm rsa-2048",
                ["reason": "reissue", "revoke_predecessor": true, "key_algorithm": "rsa-2048"]
            ),
            ("certificates renew crt_1", ["reason": "renewal"]),
            ("certificates revoke ver_1 --reason superseded", ["reason": "superseded"]),
            ("certificates upload --certificate c --issuance iss_1", ["issuance_id": "iss_1"]),
        ] as [(String, [String: JSONValue])])
    func `operands and options are the body`(line: String, body: [String: JSONValue]) throws {
        #expect(try operation(line).body == body)
    }

    @Test(arguments: [
        ("domains remove a.test --revoke", [("revoke", "true")]),
        ("domains list --state secured --name a.test", [("name", "a.test"), ("state", "secured")]),
        ("events list --after 12 --type a --type b", [("after", "evt_12"), ("types", "a,b")]),
        ("events list --after evt_12", [("after", "evt_12")]),
    ])
    func `options are the query`(line: String, query: [(String, String)]) throws {
        let expected = query.map { ManageOperation.Parameter(name: $0.0, value: $0.1) }
        #expect(try operation(line).query == expected)
    }

    @Test func `contents of files are named by their paths`() throws {
        let operation = try operation("certificates upload --certificate c.pem --key k.pem")
        #expect(operation.files == ["certificate": "c.pem", "private_key": "k.pem"])
    }

    @Test(arguments: [
        ("domains lst", "domains does not know \"lst\"; did you mean \"list\"?"),
        ("domains show", "domains show wants DOMAIN after it"),
        ("domains list now", "domains list wants nothing after it"),
        ("domains list --follow", "domains list does not know --follow"),
        ("domains list --jsn", "domains list does not know \"--jsn\"; did you mean \"--json\"?"),
        ("domains list --url http://a --config x", "--url and --config do not go together"),
        ("certificates show 12", "a CERTIFICATE is an id such as crt_12, found \"12\""),
        (
            "certificates order",
            "certificates order wants NAME… or --request FILE after it"
        ),
        (
            "certificates upload --key k",
            "certificates upload wants --certificate FILE, and --key FILE or --issuance ID"
        ),
        (
            "certificates download ver_1 --as doc",
            "--as wants chain, certificate, issuers, request, pkcs7, zip or key, found \"doc\""
        ),
    ])
    func `a wrong command line is one sentence`(line: String, sentence: String) {
        #expect {
            try operation(line)
        } throws: { error in
            (error as? UsageError)?.sentence == sentence
        }
    }

    @Test(arguments: ["domains", "certificates --help", "events list -h"])
    func `help is had without a call`(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        #expect(try Invocation(words) == .manage(.help))
    }

    @Test func `every action is in the usage`() {
        for action in ManageAction.all {
            // `renew|reissue` stands for two.
            let shown = ManageUsage.text.contains("\(action.resource) \(action.word)")
            #expect(shown || ManageUsage.text.contains("|\(action.word) "), "\(action.word)")
        }
    }

    // MARK: Answers

    @Test func `a line has the columns with tabs between, and none in a value`() {
        let object: JSONValue = [
            "id": "evt_1", "at": "2027-01-31T12:00:00Z", "type": "domain.registered",
            "subject": ["id": .null, "name": "tab\tand\nline"], "actor": "ops",
        ]
        #expect(
            ManageText.line(object, .event)
                == "evt_1\t2027-01-31T12:00:00Z\tdomain.registered\t\ttab and line\t\tops\t")
    }

    @Test func `members are shown by their whole names`() {
        let object: JSONValue = [
            "id": "crt_1", "renew": ["auto": true, "until": .null], "names": ["a.test", "b.test"],
        ]
        #expect(
            ManageText.members(object)
                == "id\tcrt_1\nnames\ta.test,b.test\nrenew.auto\ttrue\nrenew.until\t")
    }
}
