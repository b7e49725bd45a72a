// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// The parts of a subject that certification requests carry (RFC 4514 §3): of each the first one.
package struct DistinguishedName: Hashable, Sendable {
    package var commonName: String?
    package var organization: String?
    package var organizationalUnit: String?
    package var locality: String?
    package var state: String?
    /// Two letters (ISO 3166).
    package var country: String?

    package init(commonName: String? = nil) {
        self.commonName = commonName
    }

    /// What a common name may have (RFC 5280, `ub-common-name`).
    package static let commonNameMax = 64

    init(_ name: OpaquePointer?) {
        commonName = Self.text(NID_commonName, of: name)
        organization = Self.text(NID_organizationName, of: name)
        organizationalUnit = Self.text(NID_organizationalUnitName, of: name)
        locality = Self.text(NID_localityName, of: name)
        state = Self.text(NID_stateOrProvinceName, of: name)
        country = Self.text(NID_countryName, of: name)
    }

    /// Adds what it has to a name, in the order in which people read it. Throws `.unusable` for what
    /// OpenSSL's bounds for these parts do not allow.
    func add(to name: OpaquePointer?) throws(TLSError) {
        let parts = [
            (NID_countryName, country), (NID_stateOrProvinceName, state),
            (NID_localityName, locality), (NID_organizationName, organization),
            (NID_organizationalUnitName, organizationalUnit), (NID_commonName, commonName),
        ]
        for case (let kind, let text?) in parts {
            let bytes = Array(text.utf8)
            guard
                X509_NAME_add_entry_by_NID(
                    name, kind, MBSTRING_UTF8, bytes, CInt(clamping: bytes.count), -1, 0) == 1
            else {
                let label = OBJ_nid2ln(kind).map { String(cString: $0) } ?? "a part"
                throw .unusable("\(label) of the subject", because: .take())
            }
        }
    }

    static func text(_ kind: CInt, of name: OpaquePointer?) -> String? {
        let index = X509_NAME_get_index_by_NID(name, kind, -1)
        guard index >= 0, let entry = X509_NAME_get_entry(name, index) else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry))
        guard count >= 0, let text else { return nil }
        defer { CRYPTO_free(text, nil, 0) }
        return String(
            decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
    }
}
