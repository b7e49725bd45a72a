// SPDX-License-Identifier: Apache-2.0
import HTTP

/// The content of an answer of our own: what went wrong and the id under which the log knows it.
///
/// It says nothing of the request: there is nothing in it that a request could have put there.
struct ErrorPage {
    let status: Int
    let requestID: InlineArray<32, UInt8>
    let form: Form

    /// What a page can be, the first one for those who do not care.
    enum Form: CaseIterable, Sendable {
        case text, html, json
        /// JSON too, by its own name (RFC 9457).
        case problem

        var contentType: String {
            switch self {
            case .text: "text/plain; charset=utf-8"
            case .html: "text/html; charset=utf-8"
            case .json: "application/json"
            case .problem: "application/problem+json"
            }
        }

        var mediaType: (type: StaticString, subtype: StaticString) {
            switch self {
            case .text: ("text", "plain")
            case .html: ("text", "html")
            case .json: ("application", "json")
            case .problem: ("application", "problem+json")
            }
        }
    }

    var body: [UInt8] {
        let reason = ReasonPhrase.of(status)
        let id = String(decoding: requestID)
        let text =
            switch form {
            case .text: "\(status) \(reason)\nRequest \(id)\n"
            case .html: Self.document(status, reason, id)
            // The reasons are our own words, without quotes.
            case .json, .problem:
                #"{"type":"about:blank","title":"\#(reason)","status":\#(status),"#
                    + #""detail":"\#(Self.sentence(status))","request_id":"\#(id)"}"# + "\n"
            }
        return Array(text.utf8)
    }

    /// What a visitor may make of it.
    private static func sentence(_ status: Int) -> String {
        switch status {
        case 400: "The request could not be understood."
        case 405: "This site does not do what was asked of it."
        case 408: "The request took too long to arrive."
        case 413: "What was sent is larger than this site takes."
        case 414: "The address is longer than this site takes."
        case 417: "The request expects what this site does not do."
        case 421: "This connection was made for another site. Please try again."
        case 429: "There were too many requests. Please try again in a moment."
        case 431: "The request's header is larger than this site takes."
        case 501: "The request is made in a way that this site does not know."
        case 502: "The application did not answer as it should. Please try again in a moment."
        case 503: "The site is not available right now. Please try again in a moment."
        case 504: "The application did not answer in time. Please try again in a moment."
        case 505: "The request's version of HTTP is not spoken here."
        case 508: "The request came back to where it had been before."
        default: status < 500 ? "The request cannot be answered." : "Something went wrong here."
        }
    }

    private static func document(_ status: Int, _ reason: String, _ id: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>\(status) \(reason)</title>
        <style>
        :root { --ink: #1c1e21; --soft: #6b7077; --line: #e3e5e8; --paper: #fbfbfa }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e9eaec; --soft: #989ea6; --line: #2c2f34; --paper: #151619 }
        }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center;
          background: var(--paper); color: var(--ink);
          font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", sans-serif }
        main { max-width: 28rem; padding: 2rem }
        h1 { margin: 0; font-size: 1.5rem; font-weight: 600; line-height: 1.3 }
        h1 span { display: block; font-size: 4rem; font-weight: 200; line-height: 1.1;
          letter-spacing: -.03em }
        p { margin: 1rem 0 2rem }
        footer { padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft);
          font-size: .8rem }
        code { font-family: ui-monospace, Menlo, Consolas, monospace; word-break: break-all }
        </style>
        </head>
        <body>
        <main>
        <h1><span>\(status)</span> \(reason)</h1>
        <p>\(sentence(status))</p>
        <footer>Request <code>\(id)</code></footer>
        </main>
        </body>
        </html>

        """
    }
}
