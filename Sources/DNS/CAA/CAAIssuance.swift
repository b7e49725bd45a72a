// SPDX-License-Identifier: Apache-2.0

/// The value of an `issue` or `issuewild` property (RFC 8659 §4.2): who may issue, on what terms.
package struct CAAIssuance: Sendable, Hashable {
    /// In lower case; nil when the property lets nobody issue.
    package var issuer: String?
    package var parameters: [Parameter]

    package struct Parameter: Sendable, Hashable {
        /// In lower case.
        package var tag: String
        package var value: String

        package init(tag: String, value: String) {
            self.tag = tag
            self.value = value
        }
    }

    package init(issuer: String?, parameters: [Parameter] = []) {
        self.issuer = issuer
        self.parameters = parameters
    }

    /// Reads a value. One that does not follow the grammar lets nobody issue, as the RFC asks.
    package init(_ value: [UInt8]) {
        self.init(issuer: nil)
        let parts = value.split(separator: 0x3b, omittingEmptySubsequences: false).map(Self.trim)
        guard let issuer = parts.first, Self.isDomain(issuer) else { return }
        let terms = parts.count == 2 && parts[1].isEmpty ? [] : parts.dropFirst()
        let parameters = terms.compactMap(Parameter.init)
        guard parameters.count == terms.count else { return }
        self.parameters = parameters
        self.issuer = String(decoding: issuer, as: UTF8.self).lowercased()
    }

    /// The values of a parameter, in order. RFC 8657 knows `accounturi` and `validationmethods`.
    package func values(of tag: String) -> [String] {
        parameters.filter { $0.tag == tag }.map(\.value)
    }

    /// The value as a zone file has it: `ca.example; accounturi=https://ca.example/acct/1`.
    package var text: String {
        let terms = parameters.map { "\($0.tag)=\($0.value)" }
        return ([issuer ?? ";"] + terms).joined(separator: "; ")
    }

    fileprivate static func trim(_ part: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        var part = part.drop(while: isSpace)
        while let last = part.last, isSpace(last) { part.removeLast() }
        return part
    }

    private static func isDomain(_ text: ArraySlice<UInt8>) -> Bool {
        text.split(separator: 0x2e, omittingEmptySubsequences: false).allSatisfy(isLabel)
    }

    /// Letters, digits and hyphens, no hyphen at either end.
    fileprivate static func isLabel(_ text: ArraySlice<UInt8>) -> Bool {
        text.first != 0x2d && text.last != 0x2d && !text.isEmpty
            && text.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == 0x2d
            }
    }
}

extension CAAIssuance.Parameter {
    /// Reads `tag=value`, white space allowed around the equals sign.
    fileprivate init?(_ term: ArraySlice<UInt8>) {
        guard let equals = term.firstIndex(of: 0x3d) else { return nil }
        let tag = CAAIssuance.trim(term[..<equals])
        let value = CAAIssuance.trim(term[(equals + 1)...])
        guard CAAIssuance.isLabel(tag), value.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return nil
        }
        self.tag = String(decoding: tag, as: UTF8.self).lowercased()
        self.value = String(decoding: value, as: UTF8.self)
    }
}
