// SPDX-License-Identifier: Apache-2.0
package import Networking

extension HTTP2Machine {
    /// Writes what a side says first: the preface (client), SETTINGS, and the connection's window.
    package mutating func begin(output: inout ByteBuffer) {
        if role == .client { output.appendPreface() }
        output.appendSettings(limits, isServer: role == .server)
        let window = connectionWindow
        let more = Int64(window) - Int64(FlowWindow.initial)
        guard more > 0, connectionReceiving.change(by: more) else { return }
        output.appendWindowUpdate(0, increment: UInt32(more))
    }

    /// RFC 9113 §6.9.2: the connection's window cannot be made smaller than it is at first.
    var connectionWindow: Int32 {
        max(FlowWindow.initial, Int32(clamping: limits.connectionWindow))
    }

    /// RFC 9113 §6.5: takes the peer's settings in their order, and says so.
    mutating func receiveSettings(
        _ header: FrameHeader, _ payload: Span<UInt8>, at now: Instant,
        _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        try abuse.receivedSettings(limits, at: now)
        guard !header.flags.contains(.acknowledgement) else {
            try receiveAcknowledgement()
            return nil
        }
        let before = peer
        var start = 0
        while start + HTTP2Settings.entryBytes <= payload.count {
            let code = UInt16(payload[start]) << 8 | UInt16(payload[start + 1])
            try peer.receive(
                code, payload.word(at: start + 2), fromClient: role == .server)
            start += HTTP2Settings.entryBytes
        }
        try adopt(changesSince: before)
        output.append(FrameHeader(.settings, length: 0, flags: .acknowledgement, stream: 0))
        debt.owe(FrameHeader.count)
        if case .settings = reading { reading = .frame }
        return .settings
    }

    private mutating func adopt(changesSince before: HTTP2Settings) throws(HTTP2Fault) {
        if peer.headerTableSize != before.headerTableSize {
            encoder.setTableSizeLimit(Int(peer.headerTableSize))
        }
        // RFC 9113 §6.9.2: open streams' windows change with it, also below zero.
        let change = Int64(peer.initialWindow) - Int64(before.initialWindow)
        guard change != 0 else { return }
        guard streams.forEach({ $0.sending.change(by: change) }) else {
            throw HTTP2Fault(.flowControlError, .windowOverflow)
        }
    }

    /// Our settings bind the peer from here on: a window below the default can be held against it.
    private mutating func receiveAcknowledgement() throws(HTTP2Fault) {
        let window = Int32(clamping: limits.streamWindow)
        let change = Int64(window) - Int64(initialReceiving)
        guard change != 0 else { return }
        initialReceiving = window
        _ = streams.forEach { $0.receiving.change(by: change) }
    }
}
