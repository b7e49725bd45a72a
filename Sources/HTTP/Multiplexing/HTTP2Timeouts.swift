// SPDX-License-Identifier: Apache-2.0

/// How long the peer of an HTTP/2 connection may take.
package struct HTTP2Timeouts: Sendable, Equatable {
    /// For the preface, and for a header section from its first frame to its last.
    package var head = Duration.seconds(15)
    /// Without any stream; nil: without end.
    package var idle: Duration? = .seconds(75)
    /// Between two pieces of what is sent that the peer takes.
    package var body = Duration.seconds(60)

    package init() {}
}
