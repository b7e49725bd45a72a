// SPDX-License-Identifier: Apache-2.0
package import Registry
import Storage
import TLS

extension Lifecycle {
    /// A version as a file, without its key. Throws `.notIssued` while there is none; the request can be
    /// had before.
    package func download(
        _ number: VersionNumber, as format: DownloadFormat, for caller: Caller
    ) async throws(LifecycleError) -> Download {
        let version = try await version(number, for: caller)
        guard version.state != .deleted else { throw .notFound(.version, "\(number)") }
        let request = try await request(of: version)
        let stem = Self.fileStem(version)
        if format == .csr {
            guard let request else { throw .notFound(.issuance, "\(number)") }
            return Download(
                name: "\(stem).csr", mediaType: "application/pkcs10", bytes: Array(request.utf8))
        }
        guard let text = version.chain else { throw .notIssued(number) }
        do throws(TLSError) {
            let chain = try CertificateChain(pem: Array(text.utf8))
            return Download(
                name: "\(stem).\(format.rawValue)", mediaType: format.mediaType,
                bytes: try Self.bytes(of: chain, as: format, stem: stem, request: request))
        } catch {
            throw .unavailable("version \(number): \(error)")
        }
    }

    private static func bytes(
        of chain: CertificateChain, as format: DownloadFormat, stem: String, request: String?
    ) throws(TLSError) -> [UInt8] {
        switch format {
        case .zip:
            var archive = ZipArchive()
            archive.add("\(stem).crt", try chain.leaf.pem)
            archive.add("\(stem).ca", try pem(of: chain.intermediates))
            archive.add("\(stem).pem", try chain.pem)
            if let request { archive.add("\(stem).csr", Array(request.utf8)) }
            return archive.bytes
        case .pkcs7: return try CertificateBag.pem(of: chain)
        case .p7b: return try CertificateBag.der(of: chain)
        case .crt: return try chain.leaf.pem
        case .ca: return try pem(of: chain.intermediates)
        case .pem: return try chain.pem
        case .csr: return Array((request ?? "").utf8)
        }
    }

    private static func pem(of certificates: [Certificate]) throws(TLSError) -> [UInt8] {
        var text: [UInt8] = []
        for certificate in certificates { text += try certificate.pem }
        return text
    }

    private func request(
        of version: CertificateVersion
    ) async throws(LifecycleError) -> String? {
        guard let issuance = version.issuance else { return nil }
        return try await read { () async throws(StorageError) in
            try await registry.issuance(issuance)?.request
        }
    }

    /// What files of it are called: no folder, no wildcard of a shell.
    private static func fileStem(_ version: CertificateVersion) -> String {
        guard let name = version.names.first else { return "certificate" }
        return name.isWildcard ? "wildcard.\(name.base)" : name.text
    }
}

extension DownloadFormat {
    fileprivate var mediaType: String {
        switch self {
        case .zip: "application/zip"
        case .pkcs7, .p7b: "application/x-pkcs7-certificates"
        case .csr: "application/pkcs10"
        case .crt, .ca, .pem: "application/x-pem-file"
        }
    }
}
