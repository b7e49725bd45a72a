// SPDX-License-Identifier: Apache-2.0
import HTTP

/// What may come on a stream, by its state, and what its frames must look like.
extension MustTable {
    static let taken = Happening.request(1, "GET /", ends: true)
    static let upload = Frame.headers(1, get(method: "POST"), flags: 0x04)
    static let uploading = Happening.request(1, "POST /", ends: false)

    static let states: [MustRow] = [
        MustRow(
            "idle: DATA is refused", "9113 §5.1", .data(1, "x"),
            outcome: .connection(.protocolError)),
        MustRow(
            "idle: WINDOW_UPDATE is refused", "9113 §5.1", .windowUpdate(1, 100),
            outcome: .connection(.protocolError)),
        MustRow(
            "idle: CONTINUATION is refused", "9113 §5.1",
            .continuation(1, Block.plain(get())), outcome: .connection(.protocolError)),
        MustRow(
            "idle: PRIORITY is taken", "9113 §5.1", .priority(1, on: 3), outcome: .ignored),
        MustRow(
            "half-closed: DATA is refused", "9113 §5.1", .headers(1, get()), .data(1, "x"),
            outcome: .stream(1, .streamClosed)),
        MustRow(
            "half-closed: HEADERS are refused", "9113 §5.1", .headers(1, get()),
            .headers(1, [("x", "y")]), outcome: .stream(1, .streamClosed)),
        MustRow(
            "half-closed: CONTINUATION is refused", "9113 §5.1", .headers(1, get()),
            .continuation(1, Block.plain([("x", "y")])), outcome: .connection(.protocolError)),
        MustRow(
            "half-closed: WINDOW_UPDATE, PRIORITY and RST_STREAM are taken", "9113 §5.1",
            .headers(1, get()), .windowUpdate(1, 1), .priority(1, on: 3), .resetStream(1),
            outcome: .happens([taken, .reset(1, .cancel, byPeer: true)])),
        MustRow(
            "reset by the peer: DATA is refused", "9113 §5.1", upload, .resetStream(1),
            .data(1, "x"), outcome: .stream(1, .streamClosed)),
        MustRow(
            "reset by the peer: HEADERS are refused", "9113 §5.1", upload, .resetStream(1),
            .headers(1, [("x", "y")]), outcome: .connection(.streamClosed)),
        MustRow(
            "reset by the peer: CONTINUATION is refused", "9113 §5.1", upload, .resetStream(1),
            .continuation(1, []), outcome: .connection(.protocolError)),
        MustRow(
            "closed: DATA is refused", "9113 §5.1", .send(.headers(1, get())), .answer(1, nil),
            .send(.data(1, "x")), outcome: .stream(1, .streamClosed)),
        MustRow(
            "closed: HEADERS are refused", "9113 §5.1", .send(.headers(1, get())),
            .answer(1, nil), .send(.headers(1, get())), outcome: .connection(.streamClosed)),
        MustRow(
            "closed: CONTINUATION is refused", "9113 §5.1", .send(.headers(1, get())),
            .answer(1, nil), .send(.continuation(1, [])),
            outcome: .connection(.protocolError)),
        MustRow(
            "closed: WINDOW_UPDATE, PRIORITY and RST_STREAM are ignored", "9113 §5.1",
            .send(.headers(1, get())), .answer(1, nil),
            .send(.windowUpdate(1, 1), .priority(1, on: 3), .resetStream(1)),
            outcome: .happens([taken])),
        MustRow(
            "reset by us: what is on its way is ignored", "9113 §5.1", .send(upload), .reset(1),
            .send(
                .data(1, "abc"), .windowUpdate(1, 1), .headers(1, [("x", "y")]),
                .resetStream(1), .headers(3, get())),
            outcome: .happens([uploading, .request(3, "GET /", ends: true)])),
        MustRow(
            "a client's request in the middle of an answer is ended by RST_STREAM", "9113 §8.1",
            role: .client, .ask(.post, ends: false),
            .send(.headers(1, [(":status", "413")]), .resetStream(1, 0)),
            outcome: .happens([
                .answer(1, 413, ends: true), .reset(1, .noError, byPeer: true),
            ])),
    ]

    static let dataFrames: [MustRow] = [
        MustRow(
            "DATA of the connection is refused", "9113 §6.1", .data(0, "x"),
            outcome: .connection(.protocolError)),
        MustRow(
            "padding is taken off", "9113 §6.1", upload,
            .data(1, bytes: [3] + Array("abc".utf8) + [0, 0, 0], flags: 0x09),
            outcome: .happens([uploading, .data(1, "abc", ends: true)])),
        MustRow(
            "padding may be all there is", "9113 §6.1", upload,
            .data(1, bytes: [3, 0, 0, 0], flags: 0x09),
            outcome: .happens([uploading, .data(1, "", ends: true)])),
        MustRow(
            "padding as long as the frame is refused", "9113 §6.1", upload,
            .data(1, bytes: [4, 0, 0, 0], flags: 0x08), outcome: .connection(.protocolError)),
        MustRow(
            "padding longer than the frame is refused", "9113 §6.1", upload,
            .data(1, bytes: [6] + Array("abcde".utf8), flags: 0x09),
            outcome: .connection(.protocolError)),
        MustRow(
            "padding of an unknown length is refused", "9113 §4.2, §6.1", upload,
            .data(1, bytes: [], flags: 0x08), outcome: .connection(.frameSizeError)),
        MustRow(
            "DATA may be empty", "9113 §6.1", upload, .data(1), .data(1, "x"),
            .data(1, flags: 1), outcome: .happens([uploading, .data(1, "x", ends: true)])),
    ]

    static let headersFrames: [MustRow] = [
        MustRow(
            "HEADERS of the connection are refused", "9113 §6.2", .headers(0, get()),
            outcome: .connection(.protocolError)),
        MustRow(
            "padding and priority are taken off", "9113 §6.2",
            .headers(
                1, block: [2, 0x80, 0, 0, 3, 15] + Block.plain(get()) + [0, 0], flags: 0x2d),
            outcome: .happens([taken])),
        MustRow(
            "more padding than fields is refused", "9113 §6.2",
            .headers(1, block: [200] + Block.plain(get()), flags: 0x0d),
            outcome: .connection(.protocolError)),
        MustRow(
            "padding that reaches into the priority is refused", "9113 §6.2",
            .headers(1, block: [1, 0, 0, 0, 3, 15], flags: 0x2d),
            outcome: .connection(.protocolError)),
        MustRow(
            "padding of an unknown length is refused", "9113 §4.2, §6.2",
            .headers(1, block: [], flags: 0x0d), outcome: .connection(.frameSizeError)),
        MustRow(
            "half a priority is refused", "9113 §4.2, §6.2",
            .headers(1, block: [0, 0, 0, 1], flags: 0x25),
            outcome: .connection(.frameSizeError)),
        MustRow(
            "a stream that depends on itself is refused", "7540 §5.3.1",
            .headers(1, block: [0, 0, 0, 1, 15] + Block.plain(get()), flags: 0x25),
            outcome: .stream(1, .protocolError)),
        MustRow(
            "PUSH_PROMISE is refused", "9113 §6.6, §8.4",
            Frame(type: 5, flags: 4, stream: 1, payload: [0, 0, 0, 2] + Block.plain(get())),
            outcome: .connection(.protocolError)),
        MustRow(
            "a server's PUSH_PROMISE is refused", "9113 §6.6", role: .client,
            .ask(.get, ends: true),
            .send(Frame(type: 5, flags: 4, stream: 1, payload: [0, 0, 0, 2] + Block.plain(get()))),
            outcome: .connection(.protocolError)),
    ]

    static let priorities: [MustRow] = [
        MustRow(
            "PRIORITY is taken and means nothing", "9113 §6.3", .headers(1, get()),
            .priority(1, on: 3), .priority(7, on: 1), outcome: .happens([taken])),
        MustRow(
            "PRIORITY of the connection is refused", "9113 §6.3", .priority(0, on: 1),
            outcome: .connection(.protocolError)),
        MustRow(
            "PRIORITY has five bytes", "9113 §6.3", .headers(1, get()),
            Frame(type: 2, stream: 1, payload: [0, 0, 0, 3]),
            outcome: .stream(1, .frameSizeError)),
        MustRow(
            "PRIORITY of an idle stream has five bytes", "9113 §6.3",
            Frame(type: 2, stream: 1, payload: [0, 0, 0, 3]),
            outcome: .connection(.frameSizeError)),
        MustRow(
            "no stream depends on itself", "7540 §5.3.1", .headers(1, get()),
            .priority(1, on: 1), outcome: .stream(1, .protocolError)),
        MustRow(
            "no idle stream depends on itself", "7540 §5.3.1", .priority(1, on: 1),
            outcome: .connection(.protocolError)),
    ]

    static let continuations: [MustRow] = [
        MustRow(
            "a section may come in several frames", "9113 §6.10",
            .headers(1, block: Array(Block.plain(get()).prefix(5)), flags: 0x01),
            .continuation(1, Array(Block.plain(get()).dropFirst(5).prefix(20)), flags: 0),
            .continuation(1, Array(Block.plain(get()).dropFirst(25))),
            outcome: .happens([taken])),
        MustRow(
            "CONTINUATION after the end is refused", "9113 §6.10", upload,
            .continuation(1, Block.plain([("x", "y")])), outcome: .connection(.protocolError)),
        MustRow(
            "CONTINUATION after CONTINUATION's end is refused", "9113 §6.10",
            .headers(1, block: Block.plain(get()), flags: 0x01), .continuation(1, []),
            .continuation(1, []), outcome: .connection(.protocolError)),
        MustRow(
            "CONTINUATION of the connection is refused", "9113 §6.10",
            .headers(1, block: Block.plain(get()), flags: 0x01), .continuation(0, []),
            outcome: .connection(.protocolError)),
        MustRow(
            "CONTINUATION of another stream is refused", "9113 §6.10",
            .headers(1, block: Block.plain(get()), flags: 0x01), .continuation(3, []),
            outcome: .connection(.protocolError)),
        MustRow(
            "CONTINUATION after DATA is refused", "9113 §6.10", upload, .data(1, "x"),
            .continuation(1, []), outcome: .connection(.protocolError)),
        MustRow(
            "PRIORITY in the middle of a section is refused", "9113 §4.3",
            .headers(1, block: Block.plain(get()), flags: 0x01), .priority(1, on: 3),
            outcome: .connection(.protocolError)),
        MustRow(
            "HEADERS in the middle of a section are refused", "9113 §4.3",
            .headers(1, block: Block.plain(get()), flags: 0x01), .headers(3, get()),
            outcome: .connection(.protocolError)),
        MustRow(
            "an unknown frame in the middle of a section is refused", "9113 §5.5",
            .headers(1, block: Block.plain(get()), flags: 0x01), Frame(type: 0xbb),
            outcome: .connection(.protocolError)),
        MustRow(
            "DATA in the middle of a section is refused", "9113 §4.3",
            .headers(1, block: Block.plain(get()), flags: 0), .data(1, "x"),
            outcome: .connection(.protocolError)),
    ]
}
