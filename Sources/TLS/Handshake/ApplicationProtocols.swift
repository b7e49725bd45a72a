// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// An ALPN list (RFC 7301 §3.1) in the order of preference, in the form on the wire: each name behind its
/// length.
struct ApplicationProtocols {
    let wire: [UInt8]

    /// Throws `.unusable` for a name that is empty or longer than 255 bytes.
    init(_ names: [String]) throws(TLSError) {
        var wire: [UInt8] = []
        for name in names {
            guard (1...255).contains(name.utf8.count) else {
                throw .unusable("\"\(name)\" cannot be an ALPN name")
            }
            wire.append(UInt8(name.utf8.count))
            wire += name.utf8
        }
        self.wire = wire
    }

    /// Whether a client's list is `acme-tls/1` and nothing else.
    static func isOnlyACMETLS(_ list: some Collection<UInt8>) -> Bool {
        list.elementsEqual(onlyACMETLS)
    }

    /// The first of ours that a client offers, as a place in its list.
    func firstOffered(
        in offered: UnsafeBufferPointer<UInt8>
    ) -> Slice<UnsafeBufferPointer<UInt8>>? {
        var rest = wire[...]
        while let count = rest.first.map(Int.init) {
            let name = rest.dropFirst().prefix(count)
            if let match = Self.find(name, in: offered) { return match }
            rest = rest.dropFirst(1 + count)
        }
        return nil
    }

    private static func find(
        _ name: ArraySlice<UInt8>, in offered: UnsafeBufferPointer<UInt8>
    ) -> Slice<UnsafeBufferPointer<UInt8>>? {
        var rest = offered[...]
        while let count = rest.first.map(Int.init) {
            let candidate = rest.dropFirst().prefix(count)
            if candidate.elementsEqual(name) { return candidate }
            rest = rest.dropFirst(1 + count)
        }
        return nil
    }

    private static let onlyACMETLS = [10] + Array("acme-tls/1".utf8)
}

/// OpenSSL's ALPN callback. `acme-tls/1` is spoken with a challenge certificate and otherwise never.
func selectApplicationProtocol(
    _ handle: OpaquePointer?, _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
    _ offeredCount: UInt32, _: UnsafeMutableRawPointer?
) -> CInt {
    let offered = UnsafeBufferPointer(start: offered, count: Int(offeredCount))
    guard let handle, let connection = TLSConnection.behind(handle), let server = connection.server
    else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    let match: Slice<UnsafeBufferPointer<UInt8>>? =
        if connection.credential?.isChallenge == true {
            ApplicationProtocols.isOnlyACMETLS(offered) ? offered.dropFirst() : nil
        } else {
            server.applicationProtocols.firstOffered(in: offered)
        }
    // Fatal is no_application_protocol (RFC 7301 §3.2).
    guard let match else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    selected?.pointee = UnsafeBufferPointer(rebasing: match).baseAddress
    selectedCount?.pointee = UInt8(match.count)
    return SSL_TLSEXT_ERR_OK
}
