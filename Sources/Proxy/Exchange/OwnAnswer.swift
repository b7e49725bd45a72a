// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// An answer of ours to a request that no origin answers.
struct OwnAnswer {
    let page: ErrorPage
    /// The moment in the form of RFC 9110 §5.6.7.
    let date: [UInt8]
    let policy: FieldPolicy

    var status: Int { page.status }

    /// The page, for whoever reads our log.
    var body: [UInt8] { page.body }

    /// Appends what its head says beside the length.
    func appendFields<Sink: FieldSink & ~Copyable>(to sink: inout Sink) {
        sink.append(.date, date.span)
        sink.append(.contentType, page.form.contentType.utf8.span)
        // RFC 9110 §15.1: caches keep a 404, 405 or 414 unless they are told not to.
        sink.append(.cacheControl, "no-store".utf8.span)
        sink.append(.xRequestID, page.requestID.span)
        policy.appendAnswerFields(to: &sink)
    }
}
