// SPDX-License-Identifier: Apache-2.0

/// What load to make on one target.
package struct LoadPlan: Sendable, Equatable {
    /// When the measured part is over.
    package enum Extent: Sendable, Equatable {
        case duration(Duration)
        /// So many operations were begun.
        case count(Int)
    }

    /// What one operation is.
    package enum Work: Sendable, Equatable {
        /// A TCP connection and a handshake; its time is over when the client has finished.
        case handshake
        /// The same and one GET; its time is over with the last byte of the answer.
        case request(path: String)
        /// A GET on a connection that is kept; its time does not include the handshake.
        case keepAlive(path: String)
        /// A handshake that the server refuses with an alert; one that it makes is a failure.
        case refusal
    }

    /// How the next name is picked.
    package enum NameOrder: Sendable, Equatable { case sequential, random }

    /// The one version that is offered.
    package enum Version: Sendable, Equatable { case tls12, tls13 }

    /// For SNI and `Host`; "" sends no SNI. With none at all it is the target's host.
    package var names: [String] = []
    package var nameOrder = NameOrder.sequential
    /// At once, over all threads.
    package var connections = 64
    package var extent = Extent.duration(.seconds(10))
    /// Load that is made before and not counted.
    package var warmup = Duration.seconds(1)
    /// Operations a second, on a schedule that does not wait for the server (an open loop). Then time
    /// counts from when an operation was to begin, whether or not a connection was free for it. nil:
    /// each connection begins its next operation when the last is over (a closed loop).
    package var rate: Double?
    /// nil: what both sides can.
    package var version: Version?
    /// OpenSSL's lists; nil is what browsers offer, in their order. `ciphers` holds those of TLS 1.2 and
    /// of 1.3.
    package var groups: String?
    package var ciphers: String?
    package var signatureAlgorithms: String?
    /// Which part of the handshakes offers a session of an earlier one, 0 … 1.
    package var resumedShare = 0.0
    package var work = Work.handshake
    /// Application protocols to offer; none sends no ALPN.
    package var alpn = ["http/1.1"]
    /// Event loops that make the load, each on a thread of its own.
    package var threads = 1
    /// How long a server may stay silent before that operation counts as stalled.
    package var patience = Duration.seconds(10)

    package init() {}
}
