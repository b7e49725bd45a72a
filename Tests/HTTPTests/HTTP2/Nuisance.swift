// SPDX-License-Identifier: Apache-2.0
import HTTP
import Testing

/// One way to keep us busy for nothing: what is done over and over, and what bounds it.
struct Nuisance: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reason: HTTP2Fault.Reason
    let allowance: @Sendable (HTTP2Limits) -> NuisanceAllowance
    /// What comes before, none of it a nuisance.
    let before: [Frame]
    /// The nuisance, for the nth time.
    let frames: @Sendable (UInt32) -> [Frame]

    init(
        _ name: String, _ reason: HTTP2Fault.Reason,
        _ allowance: @escaping @Sendable (HTTP2Limits) -> NuisanceAllowance,
        before: [Frame] = [], _ frames: @escaping @Sendable (UInt32) -> [Frame]
    ) {
        testDescription = name
        self.reason = reason
        self.allowance = allowance
        self.before = before
        self.frames = frames
    }

    private static let upload = Frame.headers(1, get(method: "POST"), flags: 0x04)

    static let all: [Nuisance] = [
        Nuisance("requests that are reset (CVE-2023-44487)", .rapidReset, { $0.resets }) {
            [.headers(2 * $0 + 1, get()), .resetStream(2 * $0 + 1)]
        },
        Nuisance(
            "resets of a closed stream", .rapidReset, { $0.resets },
            before: [.headers(1, [(":method", "")])]
        ) { _ in [.resetStream(1)] },
        Nuisance("malformed requests (CVE-2025-8671)", .provokedResets, { $0.provokedResets }) {
            [.headers(2 * $0 + 1, get("x"))]
        },
        Nuisance(
            "windows opened by nothing (CVE-2025-8671)", .provokedResets, { $0.provokedResets }
        ) { [.headers(2 * $0 + 1, get()), .windowUpdate(2 * $0 + 1, 0)] },
        Nuisance(
            "windows opened too far (CVE-2025-8671)", .provokedResets, { $0.provokedResets }
        ) { [.headers(2 * $0 + 1, get()), .windowUpdate(2 * $0 + 1, 0x7fff_ffff)] },
        Nuisance(
            "content after the end (CVE-2025-8671)", .provokedResets, { $0.provokedResets }
        ) { [.headers(2 * $0 + 1, get()), .data(2 * $0 + 1, "x")] },
        Nuisance(
            "more content than was said (CVE-2025-8671)", .provokedResets, { $0.provokedResets }
        ) {
            [
                .headers(
                    2 * $0 + 1, get(method: "POST", and: [("content-length", "1")]), flags: 0x04),
                .data(2 * $0 + 1, "xx"),
            ]
        },
        Nuisance(
            "priorities of the wrong size (CVE-2025-8671)", .provokedResets,
            { $0.provokedResets }
        ) { [.headers(2 * $0 + 1, get()), Frame(type: 2, stream: 2 * $0 + 1)] },
        Nuisance(
            "more streams than announced", .provokedResets, { $0.provokedResets },
            before: (1...128).map { .headers(2 * $0 + 1, get()) }
        ) { [.headers(1001 + 2 * $0, get())] },
        Nuisance("PING (CVE-2019-9512)", .pingFlood, { $0.pings }) { _ in [.ping()] },
        Nuisance("PING's acknowledgement", .pingFlood, { $0.pings }) { _ in
            [.ping("01234567", flags: 1)]
        },
        Nuisance("SETTINGS (CVE-2019-9515)", .settingsFlood, { $0.settings }) { _ in
            [.settings()]
        },
        Nuisance("SETTINGS' acknowledgement", .settingsFlood, { $0.settings }) { _ in
            [.settingsAcknowledgement]
        },
        Nuisance(
            "empty DATA (CVE-2019-9518)", .emptyFrameFlood, { $0.emptyFrames }, before: [upload]
        ) { _ in [.data(1)] },
        Nuisance(
            "DATA of padding", .emptyFrameFlood, { $0.emptyFrames }, before: [upload]
        ) { _ in [.data(1, bytes: [1, 0], flags: 0x08)] },
        Nuisance("empty HEADERS (CVE-2019-9518)", .emptyFrameFlood, { $0.emptyFrames }) {
            [
                .headers(2 * $0 + 1, block: [], flags: 0x01),
                .continuation(2 * $0 + 1, Block.plain(get())),
            ]
        },
        Nuisance("empty CONTINUATION", .emptyFrameFlood, { $0.emptyFrames }) {
            [
                .headers(2 * $0 + 1, block: Block.plain(get()), flags: 0x01),
                .continuation(2 * $0 + 1, [], flags: 0), .continuation(2 * $0 + 1, []),
            ]
        },
        Nuisance("PRIORITY (CVE-2019-9513)", .priorityFlood, { $0.priorities }) {
            [.priority(1, on: $0 + 2)]
        },
        Nuisance("PRIORITY_UPDATE", .priorityFlood, { $0.priorities }) { _ in
            [.priorityUpdate(1, "u=1")]
        },
        Nuisance("tiny WINDOW_UPDATE", .windowUpdateFlood, { $0.windowUpdates }) { _ in
            [.windowUpdate(0, 1)]
        },
        Nuisance("unknown frames", .unknownFrameFlood, { $0.unknownFrames }) { _ in
            [Frame(type: 0xbb)]
        },
    ]
}
