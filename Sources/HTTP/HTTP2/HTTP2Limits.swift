// SPDX-License-Identifier: Apache-2.0

/// How much a peer may have, and how much of a nuisance it may be. Whoever goes beyond an
/// allowance is told ENHANCE_YOUR_CALM, and its connection ends.
package struct HTTP2Limits: Sendable, Equatable {
    // MARK: What is announced

    /// Streams that the peer may have open at once, 128; more are refused. A client opens no more
    /// than this either, whatever the peer allows.
    package var concurrentStreams = 128

    /// Bytes of a field section as RFC 9113 §6.5.2 counts them (names, values, 32 a field), 32 KiB.
    package var sectionBytes = 32 * 1024

    /// Field lines of a section, 100, as for HTTP/1.1.
    package var fields = HTTP1Limits().fields

    /// Bytes of the peer's dynamic table, 4 KiB.
    package var headerTableSize = 4096

    /// Bytes of content that may be on their way on one stream, 256 KiB.
    package var streamWindow = 256 * 1024

    /// Bytes of content that may be on their way on all streams, 1 MiB; 65,535 at least.
    package var connectionWindow = 1024 * 1024

    /// Bytes of one frame's payload, 16 KiB: the least that may be announced.
    package var frameBytes = 16 * 1024

    /// Whether a client may ask for a tunnel by extended CONNECT (RFC 8441).
    package var extendedConnect = true

    // MARK: What is put up with

    /// Streams that the peer opens and resets (CVE-2023-44487). A stream that runs to its end
    /// earns one more: a client with a use for its requests may cancel as many.
    package var resets = NuisanceAllowance(burst: 400, perSecond: 40)

    /// Streams that the peer makes us reset, by breaking the rules on them (CVE-2025-8671) or by
    /// opening too many.
    package var provokedResets = NuisanceAllowance(burst: 200, perSecond: 20)

    /// PING frames. DATA in either direction earns one: gRPC measures its bandwidth so.
    package var pings = NuisanceAllowance(burst: 500, perSecond: 50)

    /// SETTINGS frames.
    package var settings = NuisanceAllowance(burst: 50, perSecond: 5)

    /// DATA, HEADERS and CONTINUATION frames that hold nothing and end nothing.
    package var emptyFrames = NuisanceAllowance(burst: 100, perSecond: 10)

    /// PRIORITY and PRIORITY_UPDATE frames. A stream opened earns some.
    package var priorities = NuisanceAllowance(burst: 500, perSecond: 50)

    /// WINDOW_UPDATE frames. A stream opened, and each DATA frame that we send, earns some.
    package var windowUpdates = NuisanceAllowance(burst: 2000, perSecond: 200)

    /// Frames of types that mean nothing to us.
    package var unknownFrames = NuisanceAllowance(burst: 200, perSecond: 20)

    /// CONTINUATION frames of one field section, 16 (CVE-2024-27316).
    package var continuations = 16

    /// Bytes of one compressed field block, 64 KiB: one that is larger is not decompressed, and
    /// so ends the connection; between this and `sectionBytes` it costs its stream only.
    package var blockBytes = 64 * 1024

    /// Bytes of frames that answer the peer's and that it has not read, 64 KiB (CVE-2019-9512).
    package var owed = 64 * 1024

    /// Interim answers to one request, 16.
    package var interims = 16

    package init() {}
}
