// SPDX-License-Identifier: Apache-2.0
import HTTP

/// Settings, windows and field blocks.
extension MustTable {
    static let settings: [MustRow] = [
        MustRow(
            "SETTINGS are heard", "9113 §6.5.3", .settings([(3, 100)]),
            outcome: .happens([.settings])),
        MustRow(
            "unknown settings are ignored", "9113 §6.5.2", .settings([(0xff, 1), (7, 9)]),
            outcome: .happens([.settings])),
        MustRow(
            "an acknowledgement is empty", "9113 §6.5",
            Frame(type: 4, flags: 1, payload: [0, 1, 0, 0, 0, 0]),
            outcome: .connection(.frameSizeError)),
        MustRow(
            "SETTINGS name no stream", "9113 §6.5", Frame(type: 4, stream: 1),
            outcome: .connection(.protocolError)),
        MustRow(
            "SETTINGS have a multiple of six bytes", "9113 §6.5",
            Frame(type: 4, payload: [0, 3, 0]), outcome: .connection(.frameSizeError)),
        MustRow(
            "ENABLE_PUSH is 0 or 1", "9113 §6.5.2", .settings([(2, 2)]),
            outcome: .connection(.protocolError)),
        MustRow(
            "ENABLE_PUSH may be 1 for a client", "9113 §6.5.2", .settings([(2, 1), (2, 0)]),
            outcome: .happens([.settings])),
        MustRow(
            "ENABLE_PUSH may not be 1 for a server", "9113 §6.5.2", role: .client,
            .send(.settings([(2, 1)])), outcome: .connection(.protocolError)),
        MustRow(
            "INITIAL_WINDOW_SIZE is at most 2^31-1", "9113 §6.5.2",
            .settings([(4, 0x8000_0000)]), outcome: .connection(.flowControlError)),
        MustRow(
            "INITIAL_WINDOW_SIZE may be 2^31-1", "9113 §6.5.2",
            .settings([(4, 0x7fff_ffff)]), outcome: .happens([.settings])),
        MustRow(
            "MAX_FRAME_SIZE is at least 2^14", "9113 §6.5.2", .settings([(5, 16_383)]),
            outcome: .connection(.protocolError)),
        MustRow(
            "MAX_FRAME_SIZE is at most 2^24-1", "9113 §6.5.2", .settings([(5, 1 << 24)]),
            outcome: .connection(.protocolError)),
        MustRow(
            "MAX_FRAME_SIZE may be both", "9113 §6.5.2",
            .settings([(5, 16_384), (5, 1 << 24 - 1)]), outcome: .happens([.settings])),
        MustRow(
            "ENABLE_CONNECT_PROTOCOL is 0 or 1", "8441 §3", role: .client,
            .send(.settings([(8, 2)])), outcome: .connection(.protocolError)),
        MustRow(
            "ENABLE_CONNECT_PROTOCOL is not taken back", "8441 §3", role: .client,
            .send(.settings([(8, 1)]), .settings([(8, 0)])),
            outcome: .connection(.protocolError)),
        MustRow(
            "NO_RFC7540_PRIORITIES is 0 or 1", "9218 §2.1", .settings([(9, 2)]),
            outcome: .connection(.protocolError)),
    ]

    static let windows: [MustRow] = [
        MustRow(
            "a connection's window opens by something", "9113 §6.9", .windowUpdate(0, 0),
            outcome: .connection(.protocolError)),
        MustRow(
            "a stream's window opens by something", "9113 §6.9", .headers(1, get()),
            .windowUpdate(1, 0), outcome: .stream(1, .protocolError)),
        MustRow(
            "the reserved bit is ignored", "9113 §6.9", .headers(1, get()),
            .windowUpdate(1, 0x8000_0001), .windowUpdate(0, 0x8000_0001),
            outcome: .happens([taken])),
        MustRow(
            "the reserved bit opens nothing", "9113 §6.9", .windowUpdate(0, 0x8000_0000),
            outcome: .connection(.protocolError)),
        MustRow(
            "WINDOW_UPDATE has four bytes", "9113 §6.9",
            Frame(type: 8, payload: [0, 0, 1]), outcome: .connection(.frameSizeError)),
        MustRow(
            "a stream's WINDOW_UPDATE has four bytes", "9113 §6.9", .headers(1, get()),
            Frame(type: 8, stream: 1, payload: [0, 0, 0, 0, 1]),
            outcome: .connection(.frameSizeError)),
        MustRow(
            "a connection's window is at most 2^31-1", "9113 §6.9.1",
            .windowUpdate(0, 0x7fff_ffff - 65_535 + 1), outcome: .connection(.flowControlError)),
        MustRow(
            "a connection's window may be 2^31-1", "9113 §6.9.1",
            .windowUpdate(0, 0x7fff_ffff - 65_535), outcome: .ignored),
        MustRow(
            "a stream's window is at most 2^31-1", "9113 §6.9.1", .headers(1, get()),
            .windowUpdate(1, 0x7fff_ffff), outcome: .stream(1, .flowControlError)),
        MustRow(
            "a stream's window may be 2^31-1", "9113 §6.9.1", .headers(1, get()),
            .windowUpdate(1, 0x7fff_ffff - 65_535), outcome: .happens([taken])),
        MustRow(
            "a change of all windows makes none too large", "9113 §6.9.2", .headers(1, get()),
            .windowUpdate(1, 0x7fff_ffff - 65_535), .settings([(4, 65_536)]),
            outcome: .connection(.flowControlError)),
    ]

    static let blocks: [MustRow] = [
        block("a string that is cut off", "9113 §4.3", [0x00, 0x05, 0x61]),
        block("an index of 0", "7541 §6.1", [0x80]),
        block("an index beyond the tables", "7541 §2.3.3", [0xff, 0x80, 0x01]),
        block("a name's index beyond the tables", "7541 §2.3.3", [0x7f, 0x80, 0x01, 0x00]),
        block(
            "padding of more than seven bits", "7541 §5.2", [0x00, 0x01, 0x61, 0x82, 0x1f, 0xff]),
        block("padding that is not all ones", "7541 §5.2", [0x00, 0x01, 0x61, 0x81, 0x18]),
        block("EOS in a string", "7541 §5.2", [0x00, 0x01, 0x61, 0x84, 0xff, 0xff, 0xff, 0xff]),
        block("a table larger than allowed", "7541 §6.3", [0x3f, 0xe2, 0x1f]),
        block("a table size behind a field", "7541 §4.2", [0x82, 0x20]),
        MustRow(
            "a refused request's block changes the table all the same", "9113 §4.3",
            .headers(1, block: Block.indexing([("TE", "x")]) + Block.indexing(get()), flags: 0x05),
            // The four that were indexed last, in their order (RFC 7541 §2.3.3).
            .headers(3, block: [0xc1, 0xc0, 0xbf, 0xbe], flags: 0x05),
            outcome: .happens([
                .reset(1, .protocolError, byPeer: false), .request(3, "GET /", ends: true),
            ])),
        MustRow(
            "trailers of a stream that we reset change the table all the same", "9113 §4.3",
            .send(upload), .reset(1),
            .send(
                .headers(1, block: Block.indexing(get("/x")), flags: 0x05),
                .headers(3, block: [0xc1, 0xc0, 0xbf, 0xbe], flags: 0x05)),
            outcome: .happens([uploading, .request(3, "GET /x", ends: true)])),
    ]

    private static func block(_ claim: String, _ section: String, _ bytes: [UInt8]) -> MustRow {
        MustRow(
            claim, section, .headers(1, block: bytes, flags: 0x05),
            outcome: .connection(.compressionError))
    }
}
