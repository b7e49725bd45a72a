// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// An answer of ours to a request that no origin answers.
struct OwnAnswer {
    let status: Int
    let requestID: InlineArray<32, UInt8>
    /// The moment in the form of RFC 9110 §5.6.7.
    let date: [UInt8]

    /// A short page that names the request, for whoever reads our log.
    var body: [UInt8] {
        Array("\(status) \(ReasonPhrase.of(status))\nRequest \(String(decoding: requestID))\n".utf8)
    }

    /// Appends what its head says beside the length.
    func appendFields<Sink: FieldSink & ~Copyable>(to sink: inout Sink) {
        sink.append(.date, date.span)
        sink.append(.contentType, "text/plain; charset=utf-8".utf8.span)
        sink.append(.xRequestID, requestID.span)
    }
}
