// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TLS

/// What proves that a server has understood a WebSocket handshake over HTTP/1.1 (RFC 6455 §1.3). HTTP/2 has
/// neither key nor proof (RFC 8441 §5): where one side speaks that, we make the other's.
struct WebSocketKey {
    /// The value of Sec-WebSocket-Key.
    let text: String

    /// A client's.
    init(_ text: String) {
        self.text = text
    }

    /// One of our own: 16 bytes that nobody can guess (RFC 6455 §4.1).
    static func random() -> WebSocketKey {
        WebSocketKey(Data(Digest.randomBytes(16)).base64EncodedString())
    }

    /// The value of Sec-WebSocket-Accept that answers it (RFC 6455 §4.2.2).
    var accept: String {
        let magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        return Data(Digest.sha1(Array((text + magic).utf8))).base64EncodedString()
    }
}
