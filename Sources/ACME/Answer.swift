// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import HTTP

/// What the CA answered to one request.
struct Answer {
    let step: ACMEStep
    let response: ClientResponse
    let retryAfter: Duration?

    init(_ response: ClientResponse, step: ACMEStep) {
        self.step = step
        self.response = response
        retryAfter = RetryAfter.delay(response.first("retry-after"), now: .now)
    }

    var nonce: Nonce? {
        response.first("replay-nonce").flatMap { Nonce($0) }
    }

    /// Why the answer is not a success, if it is not.
    var refusal: ACMEError? {
        let status = response.status
        guard !(200...299).contains(status) else { return nil }
        if mediaType.hasSuffix("json"), let problem: Problem = try? decode(),
            problem != Problem(type: "about:blank")
        {
            return error(.problem(problem, status: status, retryAfter: retryAfter))
        }
        return error(.status(status, retryAfter: retryAfter, excerpt: excerpt))
    }

    /// The body as JSON.
    func decode<Resource: Decodable>(
        _ type: Resource.Type = Resource.self
    ) throws(ACMEError) -> Resource {
        do { return try JSONDecoder().decode(type, from: Data(response.body)) } catch {
            let what = (error as? DecodingError)?.summary ?? "unreadable"
            throw malformed("\(what)\(excerpt.isEmpty ? "" : " in \(excerpt)")")
        }
    }

    /// Where the resource is that the request made (RFC 8555 §7.3, §7.4).
    func location() throws(ACMEError) -> ResourceURL {
        guard let field = response.first("location"), let url = ResourceURL(field)
        else { throw malformed("no Location") }
        return url
    }

    /// "application/json" of "application/json; charset=utf-8".
    var mediaType: String {
        let field = response.first("content-type") ?? ""
        return field.prefix { $0 != ";" && $0 != " " }.lowercased()
    }

    func malformed(_ what: String) -> ACMEError {
        error(.malformed(what))
    }

    private func error(_ cause: ACMEError.Cause) -> ACMEError {
        ACMEError(step: step, cause: cause)
    }

    /// The beginning of the body, on one line, for people.
    private var excerpt: String {
        let text = String(decoding: response.body.prefix(200), as: UTF8.self)
        let words = text.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 32 } }
        return words.joined(separator: " ")
    }
}

extension DecodingError {
    /// Which member is wrong, in a few words.
    fileprivate var summary: String {
        switch self {
        case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case .valueNotFound(_, let context), .typeMismatch(_, let context):
            "\"\(Self.path(context))\" is of the wrong kind"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            "\"\(Self.path(context))\" is wrong: \(context.debugDescription)"
        default: "not JSON"
        }
    }

    private static func path(_ context: Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}
