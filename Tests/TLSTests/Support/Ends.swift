// SPDX-License-Identifier: Apache-2.0
import COpenSSL

@testable import TLS

/// A client and a server in memory, and the wire between them.
struct Ends {
    let client: TLSConnection
    let server: TLSConnection

    /// Carries on with both handshakes until neither gets any further.
    ///
    /// - Parameter split: how many bytes of the client's the server is handed at a time.
    func handshake(split: Int = .max) -> (client: HandshakeStep, server: HandshakeStep) {
        while true {
            let client = client.handshake()
            let toServer = self.client.takeOutgoing()
            var server = HandshakeStep.wantsRead
            if toServer.isEmpty { server = self.server.handshake() }
            var rest = toServer[...]
            while !rest.isEmpty {
                self.server.receive(rest.prefix(split))
                rest = rest.dropFirst(split)
                server = self.server.handshake()
            }
            let toClient = self.server.takeOutgoing()
            self.client.receive(toClient)
            if toClient.isEmpty, toServer.isEmpty { return (client, server) }
        }
    }

    /// Sends `text` from the server and reads it at the client, session tickets on the way.
    func exchange(_ text: String = "hello") -> String? {
        guard case .bytes = server.write(Array(text.utf8).span) else { return nil }
        client.receive(server.takeOutgoing())
        var room = [UInt8](repeating: 0, count: 20000)
        var span = room.mutableSpan
        guard case .bytes(let count) = client.read(into: &span) else { return nil }
        return String(decoding: room.prefix(count), as: UTF8.self)
    }

    /// The session that the client may come back with. A copy, because libssl takes its own away from a
    /// connection that ends without a word, and after a resumption of TLS 1.3.
    func session() -> OpaquePointer? {
        SSL_SESSION_dup(SSL_get_session(client.handle))
    }
}

extension HandshakeStep {
    var isDone: Bool {
        guard case .done = self else { return false }
        return true
    }

    var error: TLSError? {
        guard case .failed(let error) = self else { return nil }
        return error
    }

    var pending: (any PendingSelection)? {
        guard case .suspended(let pending) = self else { return nil }
        return pending
    }
}

/// The versions a client may be held to.
enum Version: CaseIterable {
    case tls12, tls13

    var name: String { self == .tls12 ? "TLSv1.2" : "TLSv1.3" }

    /// Makes a connection speak this version alone.
    func hold(_ connection: TLSConnection) {
        let number = self == .tls12 ? TLS1_2_VERSION : TLS1_3_VERSION
        SSL_ctrl(connection.handle, SSL_CTRL_SET_MIN_PROTO_VERSION, CLong(number), nil)
        SSL_ctrl(connection.handle, SSL_CTRL_SET_MAX_PROTO_VERSION, CLong(number), nil)
    }
}
