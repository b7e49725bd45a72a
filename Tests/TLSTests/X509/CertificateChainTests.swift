// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Foundation
import Testing

@testable import TLS

@Suite struct CertificateChainTests {
    /// A leaf, the intermediate that signed it, its root, and a stranger.
    private let leaf: Certificate
    private let intermediate: Certificate
    private let root: Certificate
    private let stranger: Certificate

    init() throws {
        let authority = try TestAuthority().authority
        root = authority.certificate
        let middleKey = try PrivateKey.generate(.p256)
        let builder = try CertificateBuilder(
            commonName: "Middle", publicKey: middleKey.handle, issuer: root,
            validity: TestAuthority.validity)
        try builder.add(NID_basic_constraints, "critical,CA:TRUE")
        try builder.add(NID_subject_key_identifier, "hash")
        intermediate = try builder.signed(by: authority.key)
        leaf = try CertificateAuthority(certificate: intermediate, key: middleKey).issue(
            names: [CertificateName("a.example")!], key: try .generate(.p256),
            validity: TestAuthority.validity
        ).leaf
        stranger = try TestAuthority().authority.certificate
    }

    @Test func `a chain in any order is put right`() throws {
        let orders = [
            [leaf, intermediate, root], [leaf, root, intermediate],
            [leaf, leaf, intermediate, root], [leaf, root, root, intermediate, intermediate, leaf],
            [leaf, stranger, intermediate, root],
        ]
        for order in orders {
            let chain = try CertificateChain(pem: try order.flatMap { try $0.pem })
            #expect(chain.leaf == leaf)
            #expect(chain.intermediates == [intermediate, root])
        }
    }

    @Test func `what leads nowhere is dropped`() throws {
        let chain = try CertificateChain(pem: try leaf.pem + root.pem)
        #expect(chain.leaf == leaf)
        #expect(chain.intermediates.isEmpty)
    }

    @Test func `a self-signed leaf stands alone`() throws {
        #expect(try CertificateChain(pem: try root.pem + root.pem).intermediates.isEmpty)
    }

    @Test func `a chain is written leaf first and read back`() throws {
        let chain = CertificateChain(leaf: leaf, intermediates: [intermediate])
        let read = try CertificateChain(pem: try chain.pem)
        #expect(read.leaf == leaf)
        #expect(read.intermediates == [intermediate])
    }

    @Test func `text around the certificates is skipped`() throws {
        let pem = Array("subject=a\n".utf8) + (try leaf.pem) + Array("\ntrailer\n".utf8)
        #expect(try CertificateChain(pem: pem).leaf == leaf)
    }

    @Test(arguments: [
        "", "hello",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMIIB",
    ])
    func `what is no certificate is refused`(text: String) {
        #expect { try CertificateChain(pem: Array(text.utf8)) } throws: { isUnusable($0) }
    }

    @Test func `half a second certificate spoils the chain`() throws {
        let pem = try leaf.pem + intermediate.pem.dropLast(100)
        #expect { try CertificateChain(pem: pem) } throws: { isUnusable($0) }
    }

    @Test func `a chain has at most 32 certificates`() throws {
        let pem = try leaf.pem
        let many = Array(repeatElement(pem, count: 32).joined())
        #expect(try CertificateChain(pem: many).leaf == leaf)
        #expect { try CertificateChain(pem: many + pem) } throws: { isUnusable($0) }
    }

    @Test func `a credential needs the key of its leaf`() throws {
        let key = try PrivateKey.generate(.p256)
        let chain = CertificateChain(leaf: leaf, intermediates: [intermediate])
        #expect { try Credential(chain: chain, key: key) } throws: { isUnusable($0) }
        #expect { try Credential(chain: chain, key: .generate(.rsa2048)) } throws: {
            isUnusable($0)
        }
    }

    @Test func `a certificate survives DER and nothing may follow it`() throws {
        #expect(try Certificate(der: leaf.der) == leaf)
        #expect { try Certificate(der: leaf.der + [0]) } throws: { isUnusable($0) }
        #expect { try Certificate(der: leaf.der.dropLast()) } throws: { isUnusable($0) }
    }

    @Test func `an assembly says what is missing and what does not belong`() throws {
        typealias Row = (others: [Certificate], above: [Certificate], missing: String?, spare: Int)
        let rows: [Row] = [
            ([root, intermediate], [intermediate, root], nil, 0),
            ([intermediate, leaf, intermediate], [intermediate], nil, 0),
            ([], [], "Middle", 0),
            ([root], [], "Middle", 1),
            ([intermediate, root, stranger], [intermediate, root], nil, 1),
        ]
        for row in rows {
            let assembly = ChainAssembly(leaf: leaf, others: row.others)
            #expect(assembly.chain.leaf == leaf)
            #expect(assembly.chain.intermediates == row.above)
            #expect(assembly.missingIssuer == row.missing)
            #expect(assembly.unrelated.count == row.spare)
        }
    }

    @Test func `an authority's name without its signature makes no issuer`() throws {
        // The same name and the same kind of key: only the signature tells.
        #expect(root.issuerCommonName == stranger.subjectCommonName)
        #expect(intermediate.isSigned(by: root))
        #expect(!intermediate.isSigned(by: stranger))
        #expect(root.isSelfSigned && !leaf.isSelfSigned)
        #expect(root.isAuthority && intermediate.isAuthority && !leaf.isAuthority)
        #expect(leaf.weakSignature == nil)
    }

    @Test func `certificates alone fit into PKCS#7`() throws {
        let chain = CertificateChain(leaf: leaf, intermediates: [intermediate, root])
        let der = try CertificateBag.der(of: chain)
        for certificate in [leaf, intermediate, root] {
            #expect(contains(der, certificate.der))
        }
        let text = String(decoding: try CertificateBag.pem(of: chain), as: UTF8.self)
        #expect(text.hasPrefix("-----BEGIN PKCS7-----\n"))
        let body = text.split(separator: "\n").filter { !$0.hasPrefix("-----") }.joined()
        #expect(Data(base64Encoded: body) == Data(der))
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }
}
