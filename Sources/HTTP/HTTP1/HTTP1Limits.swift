// SPDX-License-Identifier: Apache-2.0

/// How much of a message head a peer may make us keep.
package struct HTTP1Limits: Sendable, Equatable {
    /// Bytes of a request or status line without its CRLF; more is 414.
    package var startLineBytes = 8 * 1024

    /// Bytes of a head from its first to the last of the empty line; more is 431.
    package var headBytes = 32 * 1024

    /// Field lines of a head, and of a trailer section; more is 431.
    package var fields = 100

    /// Bytes of a trailer section with the empty line that ends it; more is 431.
    package var trailerBytes = 8 * 1024

    package init() {}
}

/// Where an incremental parser stands after it saw what is buffered.
package enum ParseProgress: Equatable, Sendable {
    /// Everything seen so far is well-formed; consume nothing and feed the same bytes and more.
    case needMore
    /// The part is whole and ends after `consumed` bytes of the input.
    case complete(consumed: Int)
}
