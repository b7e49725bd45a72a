// SPDX-License-Identifier: Apache-2.0
import HTTP

/// The MUSTs of RFC 9113, of RFC 7541 where they show here, of RFC 8441 and RFC 9218.
enum MustTable {
    static let all =
        prefaces + framing + identifiers + states + dataFrames + headersFrames + priorities
        + resets + settings + pings + goAways + windows + continuations + blocks + requests
        + lengths + trailers + tunnels + answers + urgencies

    static let preface = MachineRig.preface

    static let prefaces: [MustRow] = [
        MustRow(
            "preface and SETTINGS begin a connection", "9113 §3.4", isGreeted: false,
            .bytes(preface), .send(.settings()), outcome: .happens([.settings])),
        MustRow(
            "another protocol is refused", "9113 §3.4", isGreeted: false,
            .bytes(Array("GET / HTTP/1.1\r\n\r\n".utf8)), outcome: .connection(.protocolError)),
        MustRow(
            "a preface that ends otherwise is refused", "9113 §3.4", isGreeted: false,
            .bytes(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r".utf8)),
            outcome: .connection(.protocolError)),
        MustRow(
            "the preface alone is waited on", "9113 §3.4", isGreeted: false,
            .bytes(preface), outcome: .ignored),
        MustRow(
            "SETTINGS come first", "9113 §3.4", isGreeted: false,
            .bytes(preface), .send(.ping()), outcome: .connection(.protocolError)),
        MustRow(
            "an acknowledgement is no first SETTINGS", "9113 §3.4", isGreeted: false,
            .bytes(preface), .send(.settingsAcknowledgement),
            outcome: .connection(.protocolError)),
        MustRow(
            "an unknown frame is no first SETTINGS", "9113 §3.4", isGreeted: false,
            .bytes(preface), .send(Frame(type: 0xbb)), outcome: .connection(.protocolError)),
        MustRow(
            "a server's SETTINGS come first", "9113 §3.4", role: .client, isGreeted: false,
            .send(.windowUpdate(0, 1)), outcome: .connection(.protocolError)),
        MustRow(
            "a server has no preface", "9113 §3.4", role: .client, isGreeted: false,
            .send(.settings()), outcome: .happens([.settings])),
    ]

    static let framing: [MustRow] = [
        MustRow(
            "unknown types are ignored", "9113 §4.1, §5.5",
            Frame(type: 0xff, flags: 0xff, stream: 1, payload: [1, 2, 3]),
            Frame(type: 0x0c), outcome: .ignored),
        MustRow(
            "unknown flags are ignored", "9113 §4.1", .ping("01234567", flags: 0x16),
            .headers(1, get(), flags: 0x05 | 0x82), outcome: .served()),
        MustRow(
            "the reserved bit is ignored", "9113 §4.1",
            Frame(
                type: 1, flags: 0x05, stream: 0x8000_0001, payload: Block.plain(get())),
            outcome: .served()),
        MustRow(
            "a frame of the greatest size is taken", "9113 §4.2",
            .headers(1, get(method: "POST"), flags: 0x04),
            .data(1, String(repeating: "x", count: 16_384), flags: 1),
            outcome: .happens([
                .request(1, "POST /", ends: false),
                .data(1, String(repeating: "x", count: 16_384), ends: true),
            ])),
        MustRow(
            "DATA that is too large is refused", "9113 §4.2",
            .headers(1, get(method: "POST"), flags: 0x04),
            .data(1, String(repeating: "x", count: 16_385)),
            outcome: .connection(.frameSizeError)),
        MustRow(
            "HEADERS that are too large are refused", "9113 §4.2",
            .headers(1, get(and: [("x", String(repeating: "x", count: 16_384))])),
            outcome: .connection(.frameSizeError)),
        MustRow(
            "SETTINGS that are too large are refused", "9113 §4.2",
            .settings(Array(repeating: (0xff, 0), count: 2731)),
            outcome: .connection(.frameSizeError)),
        MustRow(
            "an unknown frame that is too large is refused", "9113 §4.2",
            Frame(type: 0xee, payload: Array(repeating: 0, count: 16_385)),
            outcome: .connection(.frameSizeError)),
    ]

    static let identifiers: [MustRow] = [
        MustRow(
            "a client's streams are odd", "9113 §5.1.1", .headers(2, get()),
            outcome: .connection(.protocolError)),
        MustRow(
            "streams do not go back", "9113 §5.1.1", .headers(5, get()), .headers(3, get()),
            outcome: .connection(.protocolError)),
        MustRow(
            "streams may be left out", "9113 §5.1.1", .headers(5, get()), .headers(9, get("/9")),
            outcome: .happens([
                .request(5, "GET /", ends: true), .request(9, "GET /9", ends: true),
            ])),
        MustRow(
            "a stream that was left out is closed for DATA too", "9113 §5.1.1",
            .headers(5, get()), .data(3, "x"), outcome: .stream(3, .streamClosed)),
        MustRow(
            "a server opens no stream", "9113 §5.1.1, §8.4", role: .client,
            .send(.headers(2, [(":status", "200")])), outcome: .connection(.protocolError)),
        MustRow(
            "nobody answers what was not asked", "9113 §5.1", role: .client,
            .send(.headers(1, [(":status", "200")])), outcome: .connection(.protocolError)),
    ]

    static let resets: [MustRow] = [
        MustRow(
            "RST_STREAM ends a stream", "9113 §6.4", .headers(1, get()), .resetStream(1),
            outcome: .happens([
                .request(1, "GET /", ends: true), .reset(1, .cancel, byPeer: true),
            ])),
        MustRow(
            "a code that nobody registered ends it too", "9113 §7", .headers(1, get()),
            .resetStream(1, 0xff),
            outcome: .happens([
                .request(1, "GET /", ends: true), .reset(1, .internalError, byPeer: true),
            ])),
        MustRow(
            "RST_STREAM of the connection is refused", "9113 §6.4", .resetStream(0),
            outcome: .connection(.protocolError)),
        MustRow(
            "RST_STREAM of an idle stream is refused", "9113 §6.4", .resetStream(1),
            outcome: .connection(.protocolError)),
        MustRow(
            "RST_STREAM has four bytes", "9113 §6.4", .headers(1, get()),
            Frame(type: 3, stream: 1, payload: [0, 0, 8]), outcome: .connection(.frameSizeError)),
        MustRow(
            "RST_STREAM of a closed stream is ignored", "9113 §5.1",
            .send(.headers(1, get())), .answer(1, "x"), .send(.resetStream(1)),
            outcome: .served()),
    ]

    static let goAways: [MustRow] = [
        MustRow(
            "GOAWAY is heard", "9113 §6.8", .goAway(last: 0, 0, "bye"),
            outcome: .happens([.goAway(0, .noError)])),
        MustRow(
            "GOAWAY with a code that nobody registered is heard", "9113 §7", .goAway(last: 0, 0xff),
            outcome: .happens([.goAway(0, .internalError)])),
        MustRow(
            "GOAWAY names no stream", "9113 §6.8",
            Frame(type: 7, stream: 1, payload: Array(repeating: 0, count: 8)),
            outcome: .connection(.protocolError)),
        MustRow(
            "GOAWAY has eight bytes at least", "9113 §6.8",
            Frame(type: 7, payload: Array(repeating: 0, count: 7)),
            outcome: .connection(.frameSizeError)),
        MustRow(
            "after our GOAWAY a stream is refused", "9113 §6.8",
            .send(.headers(1, get())), .goAway, .send(.headers(3, get())),
            outcome: .stream(3, .refusedStream)),
        MustRow(
            "after our GOAWAY the streams before it go on", "9113 §6.8",
            .send(.headers(1, get(method: "POST"), flags: 0x04)), .goAway,
            .send(.data(1, "abc", flags: 1)),
            outcome: .happens([
                .request(1, "POST /", ends: false), .data(1, "abc", ends: true),
            ])),
        MustRow(
            "a server's GOAWAY is heard", "9113 §6.8", role: .client, .ask(.get, ends: true),
            .send(.goAway(last: 0, 2)), outcome: .happens([.goAway(0, .internalError)])),
    ]

    static let pings: [MustRow] = [
        MustRow("PING is answered", "9113 §6.7", .ping(), outcome: .ignored),
        MustRow(
            "PING's acknowledgement is not", "9113 §6.7", .ping("01234567", flags: 1),
            outcome: .ignored),
        MustRow(
            "PING names no stream", "9113 §6.7",
            Frame(type: 6, stream: 1, payload: Array(repeating: 0, count: 8)),
            outcome: .connection(.protocolError)),
        MustRow(
            "PING has eight bytes", "9113 §6.7", .ping("0123456"),
            outcome: .connection(.frameSizeError)),
    ]

    static let urgencies: [MustRow] = [
        MustRow(
            "PRIORITY_UPDATE is heard", "9218 §7.1", .headers(1, get()),
            .priorityUpdate(1, "u=1, i"),
            outcome: .happens([.request(1, "GET /", ends: true), .urgency(1, 1)])),
        MustRow(
            "PRIORITY_UPDATE of an idle stream is ignored", "9218 §7.1",
            .priorityUpdate(1, "u=1"), outcome: .ignored),
        MustRow(
            "PRIORITY_UPDATE names no stream", "9218 §7.1",
            Frame(type: 16, stream: 1, payload: [0, 0, 0, 1]), outcome: .connection(.protocolError)),
        MustRow(
            "PRIORITY_UPDATE of the connection is refused", "9218 §7.1", .priorityUpdate(0, "u=1"),
            outcome: .connection(.protocolError)),
        MustRow(
            "PRIORITY_UPDATE has four bytes at least", "9218 §7.1", Frame(type: 16, payload: [1]),
            outcome: .connection(.frameSizeError)),
        MustRow(
            "servers send no PRIORITY_UPDATE", "9218 §7.1", role: .client,
            .ask(.get, ends: true), .send(.priorityUpdate(1, "u=1")),
            outcome: .connection(.protocolError)),
    ]
}
