// SPDX-License-Identifier: Apache-2.0
import Networking

/// `listen`: where clients connect, and how many loops serve them.
struct ListenConfiguration: Equatable, Sendable {
    /// For HTTPS. Default: port 443 of every IPv4 and IPv6 address.
    var https = everyAddress(port: 443)
    /// In the clear, for challenges and redirects. Default: port 80 of every address.
    var http = everyAddress(port: 80)
    /// Whether clients are offered HTTP/2. Default: true. Changed by a restart only.
    var http2 = true
    /// Peers whose connections to any of them begin with a PROXY header. Default: nobody.
    var proxyProtocol: [AddressBlock] = []
    /// Data loops; 0, the default, is one a core.
    var loops = 0

    enum Key: String, ConfigurationKey {
        case https
        case http
        case http2
        case proxyProtocol = "proxy_protocol"
        case loops
    }

    private static func everyAddress(port: UInt16) -> [SocketAddress] {
        [
            SocketAddress(ip: .v4(0), port: port),
            SocketAddress(ip: .v6(0, 0), port: port),
        ]
    }
}

extension ListenConfiguration: ConfigurationValue {
    static func read(_ cursor: ConfigurationCursor) -> ListenConfiguration? {
        guard let keys = cursor.object(Key.self) else { return nil }
        var listen = ListenConfiguration()
        keys.read(.https, into: &listen.https)
        keys.read(.http, into: &listen.http)
        keys.read(.http2, into: &listen.http2)
        keys.read(.proxyProtocol, into: &listen.proxyProtocol)
        keys.read(.loops, into: &listen.loops, in: 0...256)
        keys.requireContents(of: .https, "at least one address and port")
        reportDuplicates(in: keys)
        return listen
    }

    /// Port 0 is a port of its own each time.
    private static func reportDuplicates(in keys: ConfigurationObject<Key>) {
        var seen: Set<String> = []
        for place in [keys.cursor(.https), keys.cursor(.http)].compactMap(\.self) {
            guard case .array(let elements) = place.value.kind else { continue }
            for (element, index) in zip(elements, 0...) {
                guard case .string(let text) = element.kind, let address = SocketAddress(text),
                    address.port != 0, !seen.insert(address.description).inserted
                else { continue }
                place.element(index, element).problem(
                    "expected each address once, found \(address) again")
            }
        }
    }
}
