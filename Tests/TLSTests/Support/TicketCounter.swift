// SPDX-License-Identifier: Apache-2.0
import COpenSSL

@testable import TLS

/// Counts the NewSessionTicket messages that a client reads.
final class TicketCounter {
    private let client: TLSConnection
    private(set) var count = 0

    init(_ client: TLSConnection) {
        self.client = client
        SSL_set_msg_callback(client.handle) {
            isWritten, _, contentType, start, count, _, argument in
            guard isWritten == 0, contentType == SSL3_RT_HANDSHAKE, count > 0,
                let message = start?.assumingMemoryBound(to: UInt8.self),
                message.pointee == UInt8(SSL3_MT_NEWSESSION_TICKET), let argument
            else { return }
            Unmanaged<TicketCounter>.fromOpaque(argument).takeUnretainedValue().count += 1
        }
        SSL_ctrl(
            client.handle, SSL_CTRL_SET_MSG_CALLBACK_ARG, 0,
            Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        SSL_set_msg_callback(client.handle, nil)
    }
}
