// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Foundation
import Testing

@testable import TLS

@Suite struct PackedCredentialTests {
    private let authority: CertificateAuthority
    private let pool = IssuerPool()

    init() throws {
        authority = try TestAuthority().authority
    }

    private func pair(
        _ name: String = "a.example", kind: KeyKind = .p256
    ) throws -> (chain: CertificateChain, key: PrivateKey) {
        let key = try PrivateKey.generate(kind)
        let chain = try authority.issue(
            names: [CertificateName(name)!], key: key, validity: TestAuthority.validity)
        return (chain, key)
    }

    private func problem(_ chain: [UInt8], _ key: [UInt8]) -> String {
        do throws(PackedCredential.Problem) {
            _ = try PackedCredential.read(chain: chain, key: key, issuers: pool)
            return "none"
        } catch {
            switch error {
            case .chain: return "chain"
            case .key: return "key"
            case .mismatch: return "mismatch"
            }
        }
    }

    @Test(arguments: KeyKind.allCases)
    func `what was packed comes out as it went in`(kind: KeyKind) throws {
        let (chain, key) = try pair(kind: kind)
        let read = try PackedCredential.read(chain: chain.pem, key: key.pem, issuers: pool)
        for packed in [read, try PackedCredential.pack(chain, key, issuers: pool)] {
            #expect(packed.names == chain.leaf.names)
            #expect(packed.notBefore == chain.leaf.notBefore)
            #expect(packed.notAfter == chain.leaf.notAfter)
            #expect(try packed.leaf() == chain.leaf)
            #expect(try packed.chainPEM == chain.pem)
            #expect(try packed.keyPEM == key.pem)
            #expect(packed.fingerprint == Digest.hexadecimal(Digest.sha256(chain.leaf.der)))
            #expect(packed.hasLeaf(of: read))
        }
    }

    @Test(arguments: KeyKind.allCases)
    func `a handshake is served with what was packed`(kind: KeyKind) throws {
        let (chain, key) = try pair(kind: kind)
        let packed = try PackedCredential.read(chain: chain.pem, key: key.pem, issuers: pool)
        let library = try #require(LibraryContext.shared)
        let credential = try packed.credential(in: library)
        #expect(credential.leaf == chain.leaf)
        #expect(credential.chain.intermediates == [authority.certificate])
        let context = try ServerContext(
            configuration: .init(), ticketKeys: TicketKeys(),
            selector: TestSelector(credential), library: library)
        let client = try ClientContext(
            trustedRoots: .pem(try authority.certificate.pem), alpn: [])
        let ends = Ends(
            client: try TLSConnection(clientInMemory: client, serverName: "a.example"),
            server: try TLSConnection(serverInMemory: context))
        let steps = ends.handshake()
        #expect(steps.client.isDone && steps.server.isDone)
    }

    @Test func `the key of another certificate is refused, of whatever kind`() throws {
        let (elliptic, rsa) = (try pair(), try pair(kind: .rsa2048))
        let other = try PrivateKey.generate(.p256).pem
        #expect(problem(try elliptic.chain.pem, other) == "mismatch")
        #expect(problem(try rsa.chain.pem, other) == "mismatch")
        #expect(problem(try elliptic.chain.pem, try rsa.key.pem) == "mismatch")
        #expect(problem(try rsa.chain.pem, try elliptic.key.pem) == "mismatch")
    }

    @Test func `a key that is encrypted or none is refused`() throws {
        let (chain, key) = try pair()
        let output = try MemoryBIO()
        let phrase = Array("secret".utf8CString)
        PEM_write_bio_PKCS8PrivateKey(
            output.bio, key.handle, EVP_aes_128_cbc(), phrase, 6, nil, nil)
        #expect(problem(try chain.pem, output.contents) == "key")
        let older = try MemoryBIO()
        PEM_write_bio_PrivateKey_traditional(
            older.bio, key.handle, EVP_aes_128_cbc(), phrase, 6, nil, nil)
        #expect(problem(try chain.pem, older.contents) == "key")
        #expect(problem(try chain.pem, try chain.pem) == "key")
        #expect(problem(try chain.pem, []) == "key")
        #expect(problem([], try key.pem) == "chain")
        #expect(problem(try chain.pem.dropLast(100), try key.pem) == "chain")
    }

    @Test func `a key is found behind the parameters of its curve`() throws {
        let (chain, key) = try pair()
        let parameters = """
            -----BEGIN EC PARAMETERS-----
            BggqhkjOPQMBBw==
            -----END EC PARAMETERS-----

            """
        let file = Array(parameters.utf8) + (try key.pem)
        #expect(problem(try chain.pem, file) == "none")
    }

    @Test(arguments: KeyKind.allCases)
    func `a credential keeps the library that it was parsed for`(kind: KeyKind) throws {
        let (chain, key) = try pair(kind: kind)
        let packed = try PackedCredential.pack(chain, key, issuers: pool)
        let parsed = try packed.credential(in: .shared)
        let (leaf, secret) = (parsed.leaf, parsed.key)
        #expect(leaf.matches(secret))
        #expect(try secret.sign([1, 2, 3]).isEmpty == false)
    }

    @Test func `leaves of one issuer share it`() throws {
        let first = try pair("a.example"), second = try pair("b.example")
        let credentials = try [first, second].map { pair in
            try PackedCredential.read(
                chain: pair.chain.pem, key: pair.key.pem, issuers: pool
            ).credential()
        }
        #expect(
            credentials[0].chain.intermediates[0] === credentials[1].chain.intermediates[0])
    }

    @Test func `of the certificates in a file those count that lead from the leaf`() throws {
        let stranger = try TestAuthority().authority.certificate.pem
        let (chain, key) = try pair()
        let (root, leaf) = (try authority.certificate.pem, try chain.leaf.pem)
        for file in [leaf + stranger + root, leaf + root + stranger + root, leaf + leaf + root] {
            let packed = try PackedCredential.read(chain: file, key: key.pem, issuers: pool)
            #expect(try packed.chainPEM == leaf + root)
        }
        let alone = try PackedCredential.read(chain: leaf + stranger, key: key.pem, issuers: pool)
        #expect(try alone.chainPEM == leaf)
    }
}
