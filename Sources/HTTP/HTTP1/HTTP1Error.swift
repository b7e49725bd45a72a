// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not a message: a closed set, so that it can be counted by reason.
///
/// For a request, `status` is the answer, after which the connection is closed; the rest of the
/// input means nothing. For a response the origin is to blame and the client gets 502.
package enum HTTP1Error: Error, Equatable, Hashable, CaseIterable, Sendable {
    // The start line.
    case malformedMethod, methodTooLong
    case malformedTarget, targetTooLong
    case malformedVersion, unsupportedVersion
    case malformedStatus

    // Lines and fields.
    case bareCarriageReturn, bareLineFeed
    case foldedLine
    case emptyFieldName, malformedFieldName, whitespaceBeforeColon
    case controlByteInValue
    case tooManyFields, headTooLarge

    // What the fields say.
    case missingHost, repeatedHost, malformedHost, differingAuthority
    case malformedContentLength, repeatedContentLength
    case contentLengthAndTransferEncoding
    case malformedTransferEncoding, unknownTransferCoding, transferEncodingInHTTP10
    case tooManyConnectionOptions

    // The body.
    case malformedChunkSize, chunkSizeTooLarge
    case malformedChunkExtension, chunkExtensionTooLarge
    case malformedChunkEnd
    case trailersTooLarge
    case truncatedBody

    /// The status that answers a request with this fault.
    package var status: Int {
        switch self {
        case .targetTooLong: 414
        case .tooManyFields, .headTooLarge, .trailersTooLarge: 431
        case .methodTooLong, .unknownTransferCoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }
}

extension HTTP1Error: CustomStringConvertible {
    /// What is wrong, for logs; with the section where one sentence does not say it all.
    package var description: String {
        switch self {
        case .malformedMethod: "the method is not a token"
        case .methodTooLong: "the method is longer than any that is known"
        case .malformedTarget: "the request target has none of the four forms (RFC 9112 §3.2)"
        case .targetTooLong: "the request line is too long"
        case .malformedVersion: "the start line does not hold an HTTP version"
        case .unsupportedVersion: "the HTTP version is not 1.0 or 1.1"
        case .malformedStatus: "the status is not a number from 100 to 599"
        case .bareCarriageReturn: "a carriage return without a line feed"
        case .bareLineFeed: "a line feed without a carriage return"
        case .foldedLine: "a field line begins with whitespace (RFC 9112 §5.2)"
        case .emptyFieldName: "a field line without a name"
        case .malformedFieldName: "a field name is not a token"
        case .whitespaceBeforeColon: "whitespace between a field name and its colon"
        case .controlByteInValue: "a control byte in a field value"
        case .tooManyFields: "too many fields"
        case .headTooLarge: "the message head is too large"
        case .missingHost: "no Host field"
        case .repeatedHost: "more than one Host field"
        case .malformedHost: "the Host field is not a host with an optional port"
        case .differingAuthority: "the target names another host than the Host field"
        case .malformedContentLength: "Content-Length is not one number"
        case .repeatedContentLength: "more than one Content-Length field"
        case .contentLengthAndTransferEncoding: "both Content-Length and Transfer-Encoding"
        case .malformedTransferEncoding: "Transfer-Encoding does not end in one chunked"
        case .unknownTransferCoding: "a transfer coding other than chunked"
        case .transferEncodingInHTTP10: "Transfer-Encoding in an HTTP/1.0 message"
        case .tooManyConnectionOptions: "too many connection options"
        case .malformedChunkSize: "a chunk size is not a hexadecimal number"
        case .chunkSizeTooLarge: "a chunk size is too large"
        case .malformedChunkExtension: "a chunk extension breaks the grammar (RFC 9112 §7.1.1)"
        case .chunkExtensionTooLarge: "chunk extensions are too large"
        case .malformedChunkEnd: "a chunk is longer than its size"
        case .trailersTooLarge: "the trailer section is too large"
        case .truncatedBody: "the body ended before its end was announced"
        }
    }
}
