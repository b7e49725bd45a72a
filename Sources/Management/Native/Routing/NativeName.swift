// SPDX-License-Identifier: Apache-2.0
import TLS

/// Names as the native API has them: in the one form that they have everywhere inside, so that what a
/// client sends is what it gets back.
enum NativeName {
    static let expectedHost = "expected a host name in lower case, as A-labels, without a last dot"
    static let expectedName = expectedHost + ", or *. and one"

    static func serverName(_ text: String) -> ServerName? {
        guard let name = ServerName(text), name.text == text, hasTopLevel(text) else { return nil }
        return name
    }

    static func certificateName(_ text: String) -> CertificateName? {
        guard let name = CertificateName(text), name.text == text, hasTopLevel(text) else {
            return nil
        }
        return name
    }

    /// RFC 1123 §2.1: a top-level domain begins with a letter.
    private static func hasTopLevel(_ text: String) -> Bool {
        let label = text.split(separator: ".").last ?? ""
        return label.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            ?? false
    }
}

/// Members of bodies that are names, ids and times.
extension JSONFields {
    mutating func optionalCertificateNames(
        _ name: String, count: Int
    ) throws(FieldFault) -> [CertificateName]? {
        guard let texts = try optionalStrings(name, count: count) else { return nil }
        var names: [CertificateName] = []
        for (index, text) in texts.enumerated() {
            guard let value = NativeName.certificateName(text) else {
                throw invalid("\(name)[\(index)]", NativeName.expectedName)
            }
            guard !names.contains(value) else {
                throw invalid("\(name)[\(index)]", "expected each name once")
            }
            names.append(value)
        }
        return names
    }

    mutating func optionalHosts(
        _ name: String, count: Int
    ) throws(FieldFault) -> [ServerName]? {
        guard let texts = try optionalStrings(name, count: count) else { return nil }
        var hosts: [ServerName] = []
        for (index, text) in texts.enumerated() {
            guard let value = NativeName.serverName(text) else {
                throw invalid("\(name)[\(index)]", NativeName.expectedHost)
            }
            guard !hosts.contains(value) else {
                throw invalid("\(name)[\(index)]", "expected each host once")
            }
            hosts.append(value)
        }
        return hosts
    }
}
