// SPDX-License-Identifier: Apache-2.0
import HTTP

extension RequestCorpus {
    static let lengths: [RequestRow] = [
        .fields("a length", "9112 §6.2", "Content-Length: 5", .reads(Reading(framing: .length(5)))),
        .fields("a length of 0", "9112 §6.2", "Content-Length: 0", .reads(Reading())),
        .fields(
            "leading zeros", "9110 §8.6", "Content-Length: 005",
            .reads(Reading(framing: .length(5)))),
        .fields(
            "another case", "9110 §5.1", "CONTENT-LENGTH: 5", .reads(Reading(framing: .length(5)))),
        .fields("no digits", "9110 §8.6", "Content-Length:", .fails(.malformedContentLength)),
        .fields("a plus sign", "9110 §8.6", "Content-Length: +5", .fails(.malformedContentLength)),
        .fields("a minus sign", "9110 §8.6", "Content-Length: -5", .fails(.malformedContentLength)),
        .fields("hexadecimal", "9110 §8.6", "Content-Length: 0x5", .fails(.malformedContentLength)),
        .fields("a fraction", "9110 §8.6", "Content-Length: 5.0", .fails(.malformedContentLength)),
        .fields(
            "a space within", "9110 §8.6", "Content-Length: 5 5", .fails(.malformedContentLength)),
        .fields(
            "a list of equals", "9112 §6.3", "Content-Length: 5, 5", .fails(.malformedContentLength)
        ),
        .fields(
            "a list of others", "9112 §6.3", "Content-Length: 5, 6", .fails(.malformedContentLength)
        ),
        .fields("quoted", "9110 §8.6", "Content-Length: \"5\"", .fails(.malformedContentLength)),
        .fields(
            "twice the same", "9112 §6.3", "Content-Length: 5\r\nContent-Length: 5",
            .fails(.repeatedContentLength)),
        .fields(
            "two that differ", "9112 §6.3", "Content-Length: 5\r\nContent-Length: 6",
            .fails(.repeatedContentLength)),
        .fields(
            "the largest that fits", "9110 §8.6", "Content-Length: 9223372036854775799",
            .reads(Reading(framing: .length(9_223_372_036_854_775_799)))),
        .fields(
            "over 63 bits", "9110 §8.6", "Content-Length: 9223372036854775808",
            .fails(.malformedContentLength)),
        .fields(
            "over 64 bits", "9110 §8.6", "Content-Length: 18446744073709551621",
            .fails(.malformedContentLength)),
        .fields(
            "digits of another script", "9110 §8.6", "Content-Length: \u{b2}",
            .fails(.malformedContentLength)),
    ]

    static let codings: [RequestRow] = [
        .fields(
            "chunked", "9112 §6.1", "Transfer-Encoding: chunked", .reads(Reading(framing: .chunked))
        ),
        .fields(
            "in another case", "9112 §7", "Transfer-Encoding: ChunKed",
            .reads(Reading(framing: .chunked))),
        .fields(
            "with a length", "9112 §6.3", "Content-Length: 5\r\nTransfer-Encoding: chunked",
            .fails(.contentLengthAndTransferEncoding)),
        .fields(
            "before a length", "9112 §6.3", "Transfer-Encoding: chunked\r\nContent-Length: 5",
            .fails(.contentLengthAndTransferEncoding)),
        .fields(
            "twice", "9112 §6.1", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            .fails(.malformedTransferEncoding)),
        .fields(
            "twice in a list", "9112 §6.1", "Transfer-Encoding: chunked, chunked",
            .fails(.malformedTransferEncoding)),
        .fields(
            "behind another", "9112 §6.1", "Transfer-Encoding: gzip, chunked",
            .fails(.unknownTransferCoding)),
        .fields(
            "before another", "9112 §6.3", "Transfer-Encoding: chunked, gzip",
            .fails(.malformedTransferEncoding)),
        .fields(
            "another alone", "9112 §6.3", "Transfer-Encoding: gzip",
            .fails(.malformedTransferEncoding)),
        .fields(
            "identity", "9112 §7", "Transfer-Encoding: identity", .fails(.malformedTransferEncoding)
        ),
        .fields("nothing", "9112 §6.1", "Transfer-Encoding:", .fails(.malformedTransferEncoding)),
        .fields(
            "an empty member", "9110 §5.6.1", "Transfer-Encoding: ,chunked",
            .fails(.malformedTransferEncoding)),
        .fields(
            "an empty last member", "9110 §5.6.1", "Transfer-Encoding: chunked,",
            .fails(.malformedTransferEncoding)),
        .fields(
            "with a parameter", "9112 §7", "Transfer-Encoding: chunked;q=1",
            .fails(.malformedTransferEncoding)),
        .fields(
            "quoted", "9112 §7", "Transfer-Encoding: \"chunked\"",
            .fails(.malformedTransferEncoding)),
        .fields(
            "almost", "9112 §7", "Transfer-Encoding: xchunked", .fails(.malformedTransferEncoding)),
        .fields(
            "behind a vertical tab", "9110 §5.5", "Transfer-Encoding: \u{b}chunked",
            .fails(.controlByteInValue)),
        .fields(
            "a space before the colon", "9112 §5.1", "Transfer-Encoding : chunked",
            .fails(.whitespaceBeforeColon)),
        .fields(
            "another name for it", "9110 §5.1", "Transfer_Encoding: chunked", .reads(Reading())),
        RequestRow(
            "in HTTP/1.0", "9112 §6.1",
            "POST / HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n",
            fails: .transferEncodingInHTTP10),
    ]

    static let connections: [RequestRow] = [
        .fields("close", "9112 §9.6", "Connection: close", .reads(Reading(keepsAlive: false))),
        .fields(
            "close in a list", "9110 §7.6.1", "Connection: x, ,CLOSE",
            .reads(Reading(keepsAlive: false))),
        .fields(
            "close in the second field", "9110 §5.3", "Connection: keep-alive\r\nConnection: close",
            .reads(Reading(keepsAlive: false))),
        .fields(
            "a token that only begins so", "9110 §7.6.1", "Connection: closed", .reads(Reading())),
        .fields(
            "32 options", "9110 §7.6.1",
            "Connection: " + Array(repeating: "x", count: 32).joined(separator: ","),
            .reads(Reading())),
        .fields(
            "33 options", "9110 §7.6.1",
            "Connection: " + Array(repeating: "x", count: 33).joined(separator: ","),
            .fails(.tooManyConnectionOptions)),
        RequestRow(
            "HTTP/1.0 that keeps alive", "9112 §9.3",
            "GET / HTTP/1.0\r\nHost: a.example\r\nConnection: Keep-Alive\r\n\r\n", reads: Reading()),
    ]
}
