// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Provisioning
import Registry
import TLS

/// Resello's API for certificates: `/ssl-certificate` and its plans.
///
/// Its samples send JSON without saying so, which curl labels as a form: a body is JSON whatever its
/// `Content-Type`.
package struct ReselloDialect: Dialect {
    static let paths = DialectPaths(
        name: "resello", roots: ["ssl-certificate", "ssl-certificate-plan"])

    static let routes = DialectRoutes<ReselloDialect>(
        routes: [
            .init("GET", "ssl-certificate", .read) { try await $0.list($1) },
            .init("POST", "ssl-certificate", .write) { try await $0.create($1) },
            .init("POST", "ssl-certificate/ee-authentication-key", .write) { _, _ in
                throw LifecycleError.unsupportedProduct(
                    field: "plan", value: "Encryption Everywhere")
            },
            .init("GET", "ssl-certificate/:id", .read) { try await $0.one($1) },
            .init("DELETE", "ssl-certificate/:id", .write) { try await $0.delete($1) },
            .init("POST", "ssl-certificate/:id/renew", .write) { try await $0.renew($1) },
            // The page has the deletion under this path's heading.
            .init("DELETE", "ssl-certificate/:id/renew", .write) { try await $0.delete($1) },
            .init("POST", "ssl-certificate/:id/validate", .write) { try await $0.validate($1) },
            .init("POST", "ssl-certificate/:id/reissue", .write) { try await $0.reissue($1) },
            .init("GET", "ssl-certificate/:id/validation-details", .read) {
                try await $0.validationDetails($1)
            },
            .init("GET", "ssl-certificate-plan", .read) { try $0.plans($1) },
            .init("GET", "ssl-certificate-plan/:id", .read) { try $0.plan($1) },
            // Plans are the operator's: they stand in the configuration.
            .init("POST", "ssl-certificate-plan", .write) { _, _ in
                throw DialectFault.forbidden(.write)
            },
            .init("PUT", "ssl-certificate-plan/:id", .write) { _, _ in
                throw DialectFault.forbidden(.write)
            },
        ]
            + ReselloDownload.allCases.map { download in
                .init("GET", "ssl-certificate/:id/download-\(download.rawValue)", .read) {
                    try await $0.download($1, as: download)
                }
            })

    let services: DialectServices

    package init(_ services: DialectServices) {
        self.services = services
    }

    func presented(by request: ManagementRequest) -> [PresentedSecret] {
        request.authorization.map { [$0] } ?? []
    }
}

/// The files that a certificate can be taken away as.
enum ReselloDownload: String, CaseIterable, Sendable {
    case zip, pkcs7, crt, csr, ca

    var format: DownloadFormat {
        switch self {
        case .zip: .zip
        case .pkcs7: .pkcs7
        case .crt: .crt
        case .csr: .csr
        case .ca: .ca
        }
    }
}

/// Certificates' numbers as UUIDs: version 8 (RFC 9562 §5.8), the number in its last 48 bits.
enum ReselloIdentifier {
    static func text(_ number: CertificateNumber) -> String {
        let digits = String(number.value, radix: 16)
        return prefix + String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// Nil for a UUID that is none of ours.
    static func number(_ text: String) -> CertificateNumber? {
        let folded = text.lowercased()
        guard folded.hasPrefix(prefix), folded.utf8.count == prefix.utf8.count + 12,
            !folded.contains("+"), let value = Int(folded.dropFirst(prefix.count), radix: 16)
        else { return nil }
        return CertificateNumber(value)
    }

    private static let prefix = "00000000-0000-8000-8000-"
}
