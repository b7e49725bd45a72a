// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Networking
import Testing

@testable import Proxy

@Suite struct ErrorPageTests {
    @Test(arguments: [
        ([], ErrorPage.Form.text), (["*/*"], .text), (["text/plain"], .text), (["text/*"], .text),
        (["text/html"], .html), (["TEXT/HTML"], .html), (["application/json"], .json),
        (["application/*"], .json), (["application/problem+json"], .problem),
        (["application/problem+json, application/json"], .problem),
        // Browsers.
        (["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"], .html),
        (["image/avif,image/webp,*/*"], .text),
        // Libraries.
        (["application/json, text/plain, */*"], .json),
        (["application/json, text/javascript, */*; q=0.01"], .json),
        // Weights.
        (["text/html;q=0.5, application/json;q=0.6"], .json),
        (["text/html;q=0.51, application/json;q=0.505"], .html),
        (["text/html; level=1 ;q=0.2, application/json; Q=0.3"], .json),
        (["application/json;q=1.000, text/html;q=0.999"], .json),
        // The most precise range counts, not the greatest weight.
        (["*/*, text/plain;q=0, text/html;q=0.1"], .json),
        (["text/*;q=0.9, text/plain;q=0.1"], .html),
        (["*/*;q=0.1, text/html;q=0, application/*;q=0"], .text),
        // Several lines are one list.
        (["text/css", "text/html;q=0.1"], .html),
        // Nothing that there is.
        (["image/png"], .text), (["text/html;q=0"], .text), (["text/plain;q=0"], .text),
        (["*/*;q=0"], .text), ([""], .text), ([",,"], .text),
        // Malformed members count for nothing.
        (["text/html;q=2, application/json;q=0.1"], .json),
        (["text/html;q=, application/json;q=0.1"], .json),
        (["text/html;q=0.1234, application/json;q=0.1"], .json),
        (["text/html;q=1.001, application/json;q=0.1"], .json),
        (["text/html;q=.9, application/json;q=0.1"], .json),
        (["text/html;q=-1, application/json;q=0.1"], .json),
        (["html, application/json;q=0.1"], .json), (["*/html, application/json;q=0.1"], .json),
    ])
    func `a page has the form that the client wants most`(
        accept: [String], form: ErrorPage.Form
    ) {
        var fields = Fields()
        for line in accept { fields.append(.accept, line) }
        #expect(ErrorPage.Form(acceptedBy: fields) == form)
    }

    @Test func `so many media ranges are looked at, and no more`() {
        for (count, form) in [
            (ErrorPage.Form.rangesMax - 1, ErrorPage.Form.html), (ErrorPage.Form.rangesMax, .text),
        ] {
            var fields = Fields()
            fields.append(
                .accept, String(repeating: "image/png, ", count: count) + "text/html")
            #expect(ErrorPage.Form(acceptedBy: fields) == form)
        }
    }

    @Test(arguments: [
        400, 403, 405, 408, 413, 414, 417, 421, 429, 431, 500, 501, 502, 503, 504, 505,
    ])
    func `every form says the status and the request's id`(status: Int) throws {
        let id = InlineArray<32, UInt8>(repeating: UInt8(ascii: "7"))
        let digits = String(repeating: "7", count: 32)
        for form in ErrorPage.Form.allCases {
            let page = ErrorPage(status: status, requestID: id, form: form)
            let text = String(decoding: page.body, as: UTF8.self)
            #expect(text.contains("\(status)"))
            #expect(text.contains(ReasonPhrase.of(status)))
            #expect(text.contains(digits))
            #expect(!form.contentType.isEmpty)
            switch form {
            case .text: break
            case .html:
                #expect(text.hasPrefix("<!doctype html>\n"))
                // Nothing is fetched for it.
                for word in ["http", "src=", "url(", "@import", "<link", "<script"] {
                    #expect(!text.contains(word))
                }
            case .json, .problem:
                let members = try #require(
                    try JSONSerialization.jsonObject(with: Data(page.body)) as? [String: Any])
                #expect(members["status"] as? Int == status)
                #expect(members["title"] as? String == ReasonPhrase.of(status))
                #expect(members["request_id"] as? String == digits)
            }
        }
    }

    @Test func `a refused request gets its page, with the operator's fields`() async throws {
        let rig = try await Rig(configure: { configuration in
            var rules = FieldRules(for: .answer)
            try? rules.add("X-Frame-Options", "DENY")
            configuration.fields = FieldPolicy(
                answers: rules,
                strictTransportSecurity: StrictTransportSecurity(maxAge: .seconds(60)))
        }) { _ in }
        let answer = try await rig.send(
            """
            GET /<script> HTTP/1.1\r
            Host: other.example.com\r
            Accept: text/html\r
            Connection: close\r
            \r

            """.replacing("<script>", with: "%3Cscript%3E"))
        #expect(answer.hasPrefix("HTTP/1.1 421 "))
        #expect(answer.contains("Content-Type: text/html; charset=utf-8\r\n"))
        #expect(answer.contains("Cache-Control: no-store\r\n"))
        #expect(answer.contains("X-Frame-Options: DENY\r\n"))
        #expect(answer.contains("Strict-Transport-Security: max-age=60\r\n"))
        #expect(!answer.contains("other.example.com"))
        #expect(!answer.contains("script"))
    }
}
