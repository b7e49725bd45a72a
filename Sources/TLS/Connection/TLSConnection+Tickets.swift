// SPDX-License-Identifier: Apache-2.0
import COpenSSL

// Session tickets of TLS 1.3 (RFC 8446 §4.6.1), which a server may send at any time after the handshake.
//
// libssl by itself sends them with the end of the handshake: work and a packet of their own, also for
// clients that are gone by then. Here a ticket leaves with the first answer, in one packet, or as
// soon as we wait for a client that has not said anything yet. A client that came to shake hands and
// left gets none.
extension TLSConnection {
    /// Sends the tickets that are still due to a client that we are about to wait for. As a client, or
    /// with nothing due, it does nothing.
    package func sendTickets() {
        guard ticketsDue > 0, fatalError == nil else { return }
        _ = issueTickets()
        forgetErrors()
        // What does not fit into the socket now, the next read or write sends.
        SSL_do_handshake(handle)
        forgetErrors()
    }

    /// Counts the tickets that a finished handshake makes due.
    func handshakeFinished() {
        guard let server, acceptsTickets, SSL_version(handle) == TLS1_3_VERSION else { return }
        ticketsDue = server.tickets
    }

    /// Has libssl send the tickets that are due with what is written next, and answers how many those
    /// are: none while libssl is busy with another message that follows a handshake.
    func issueTickets() -> Int {
        var issued = 0
        while issued < ticketsDue, SSL_new_session_ticket(handle) == 1 { issued += 1 }
        ticketsDue = 0
        return issued
    }
}
