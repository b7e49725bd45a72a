// SPDX-License-Identifier: Apache-2.0
import Networking

/// Where to listen.
struct ListenAddresses: Equatable, Sendable {
    var https: [SocketAddress] = []
    var http: [SocketAddress] = []

    /// What is here, and then what is in `other`.
    func adding(_ other: ListenAddresses) -> ListenAddresses {
        ListenAddresses(https: https + other.https, http: http + other.http)
    }

    /// What is here and in `other` too.
    func intersecting(_ other: ListenAddresses) -> ListenAddresses {
        ListenAddresses(
            https: https.filter(other.https.contains), http: http.filter(other.http.contains))
    }

    /// What is here and not in `other`.
    func subtracting(_ other: ListenAddresses) -> ListenAddresses {
        ListenAddresses(
            https: https.filter { !other.https.contains($0) },
            http: http.filter { !other.http.contains($0) })
    }
}

extension ListenAddresses {
    init(_ configuration: Configuration) {
        self.init(https: configuration.listen.https, http: configuration.listen.http)
    }
}
