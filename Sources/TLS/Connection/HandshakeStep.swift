// SPDX-License-Identifier: Apache-2.0

/// How far a handshake has come.
package enum HandshakeStep {
    case done
    /// Call again when there is something to read.
    case wantsRead
    /// Call again when there is room to write.
    case wantsWrite
    /// Await the selection, `resume(with:)` it, and call again.
    case suspended(any PendingSelection)
    /// It is over; the peer was sent an alert where there is one for it.
    case failed(TLSError)
}

/// What a read came to.
package enum TLSReadResult {
    /// So many bytes were filled in; at least one.
    case bytes(Int)
    case wantsRead
    case wantsWrite
    /// The peer sends nothing more. Not clean: it just closed the connection, and what came before
    /// may be cut off by anyone on the way (RFC 8446 §6.1).
    case closed(clean: Bool)
    case failed(TLSError)
}

/// What a write came to.
package enum TLSWriteResult {
    /// So many bytes were taken; the rest is to be offered again.
    case bytes(Int)
    case wantsRead
    case wantsWrite
    case failed(TLSError)
}
