// SPDX-License-Identifier: Apache-2.0
import TLS

/// Sessions of earlier handshakes by name, and which handshakes are to offer one.
struct SessionPool {
    private let share: Double
    private var sessions: [String: [TLSSession]] = [:]
    private var owed = 0.0

    /// `share` of the handshakes are to offer a session, spread evenly.
    init(share: Double) {
        self.share = share
    }

    var isUsed: Bool { share > 0 }

    /// The session for the next handshake with `name`; nil when it is to be a full one, or none is kept.
    mutating func take(_ name: String) -> TLSSession? {
        guard isUsed else { return nil }
        owed += share
        guard owed >= 1 else { return nil }
        owed -= 1
        guard let last = sessions[name]?.last else { return nil }
        if !last.isReusable { sessions[name]?.removeLast() }
        return last
    }

    /// Keeps it for a later handshake. One that can be used again takes the place of the last.
    mutating func put(_ session: TLSSession, for name: String) {
        if session.isReusable {
            sessions[name] = [session]
        } else if sessions[name, default: []].count < Self.sessionsPerNameMax {
            sessions[name, default: []].append(session)
        }
    }

    /// More than there are connections at once in any reasonable load.
    static let sessionsPerNameMax = 1024
}
