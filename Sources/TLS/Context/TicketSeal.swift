// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Glibc

/// Seals and opens session tickets for one context: AES-256-CBC and HMAC-SHA256 under the shared keys.
final class TicketSeal {
    private let shared: TicketKeys
    private var copy = TicketKeys.Copy()
    /// Fetched once: libssl would look it up with every ticket.
    private let cipher: OpaquePointer

    init(_ keys: TicketKeys, library: LibraryContext) throws(TLSError) {
        shared = keys
        cipher = try made(
            "AES-256-CBC", EVP_CIPHER_fetch(library.handle, "AES-256-CBC", nil))
    }

    deinit {
        EVP_CIPHER_free(cipher)
    }

    /// Readies libssl to seal a ticket with the newest key.
    func seal(
        name: UnsafeMutablePointer<UInt8>, iv: UnsafeMutablePointer<UInt8>,
        cipher context: OpaquePointer, mac: OpaquePointer
    ) -> CInt {
        shared.refresh(&copy)
        guard let key = copy.keys.first, RAND_bytes(iv, EVP_CIPHER_get_iv_length(cipher)) == 1,
            EVP_EncryptInit_ex(context, cipher, nil, key.cipherKey, iv) == 1,
            initialize(mac, with: key)
        else { return Self.failed }
        UnsafeMutableRawBufferPointer(start: name, count: TicketKey.nameCount)
            .copyMemory(from: key.name)
        return Self.sealed
    }

    /// Readies libssl to open a ticket; a ticket under a key that is gone means a full handshake.
    func open(
        name: UnsafePointer<UInt8>, iv: UnsafePointer<UInt8>, cipher context: OpaquePointer,
        mac: OpaquePointer
    ) -> CInt {
        shared.refresh(&copy)
        let name = UnsafeRawBufferPointer(start: name, count: TicketKey.nameCount)
        guard let index = copy.keys.firstIndex(where: { $0.name.elementsEqual(name) }) else {
            return Self.unknown
        }
        let key = copy.keys[index]
        guard EVP_DecryptInit_ex(context, cipher, nil, key.cipherKey, iv) == 1,
            initialize(mac, with: key)
        else { return Self.failed }
        return index == 0 ? Self.opened : Self.openedToBeRenewed
    }

    private func initialize(_ mac: OpaquePointer, with key: TicketKey) -> Bool {
        EVP_MAC_init(mac, key.macKey, TicketKey.keyCount, Self.macParameters) == 1
    }

    /// HMAC's digest. It keeps pointers to its texts, which are never freed.
    ///
    /// `nonisolated(unsafe)`, because a pointer is not Sendable: what it points to is written before the
    /// first reader gets it (a static is made once), and OpenSSL takes it as `const`.
    private nonisolated(unsafe) static let macParameters: UnsafePointer<OSSL_PARAM>? = {
        let parameters = UnsafeMutableBufferPointer<OSSL_PARAM>.allocate(capacity: 2)
        _ = parameters.initialize(from: [
            OSSL_PARAM_construct_utf8_string(strdup(OSSL_MAC_PARAM_DIGEST), strdup("SHA256"), 0),
            OSSL_PARAM_construct_end(),
        ])
        return UnsafePointer(parameters.baseAddress)
    }()

    // SSL_CTX_set_tlsext_ticket_key_evp_cb(3): what its callback returns.
    private static let failed: CInt = -1
    private static let unknown: CInt = 0
    private static let sealed: CInt = 1
    private static let opened: CInt = 1
    private static let openedToBeRenewed: CInt = 2
}

/// OpenSSL's ticket key callback.
func sealTicket(
    _ handle: OpaquePointer?, _ name: UnsafeMutablePointer<UInt8>?,
    _ iv: UnsafeMutablePointer<UInt8>?, _ cipher: OpaquePointer?, _ mac: OpaquePointer?,
    _ isSealing: CInt
) -> CInt {
    guard let handle, let seal = TLSConnection.behind(handle)?.server?.ticketSeal,
        let name, let iv, let cipher, let mac
    else { return -1 }
    return isSealing == 1
        ? seal.seal(name: name, iv: iv, cipher: cipher, mac: mac)
        : seal.open(name: name, iv: iv, cipher: cipher, mac: mac)
}
