// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
import Proxy
import TLS
import Testing

@testable import nameplate

@Suite struct OperatorCertificateTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent(UUID().uuidString)

    private func write(_ bytes: [UInt8], _ name: String) throws -> String {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent(name)
        try Data(bytes).write(to: file)
        return file.path
    }

    private func pair() throws -> (chain: String, key: String, other: String) {
        let key = try PrivateKey.generate(.p256)
        let validity = Date(timeIntervalSinceNow: -60)..<Date(timeIntervalSinceNow: 3600)
        let authority = try CertificateAuthority.create(
            commonName: "Test CA", validity: validity)
        let name = try #require(CertificateName("shop.example.test"))
        let chain = try authority.issue(names: [name], key: key, validity: validity)
        return (
            try write(chain.pem, "chain.pem"), try write(key.pem, "key.pem"),
            try write(try PrivateKey.generate(.p256).pem, "other.pem")
        )
    }

    @Test func `a pair is read and a wrong key refused by name`() throws {
        let (chain, key, other) = try pair()
        defer { try? FileManager.default.removeItem(at: folder) }
        let good = "certificates: [{ chain: \"\(chain)\", key: \"\(key)\", default: true }]"
        #expect(problems(minimal(good)) == [])
        #expect(
            problems(minimal(good.replacingOccurrences(of: key, with: other))).first
                == "edge.json5:3: certificates[0].key: expected the key of the first certificate "
                + "in \"\(chain)\", found another key")
        #expect(
            problems(minimal(good.replacingOccurrences(of: chain, with: key))).first?
                .hasPrefix("edge.json5:3: certificates[0].chain: expected PEM certificates in")
                == true)
    }

    @Test func `one default at most`() throws {
        let (chain, key, _) = try pair()
        defer { try? FileManager.default.removeItem(at: folder) }
        let one = "{ chain: \"\(chain)\", key: \"\(key)\", default: true }"
        #expect(
            problems(minimal("certificates: [\(one), \(one)]")).first?
                .contains("expected default: true at one certificate at most") == true)
    }
}
