// SPDX-License-Identifier: Apache-2.0
import Foundation
import Networking
@testable import Provisioning
import Registry
import Synchronization
import TestSupport
import Testing
import TLS

/// What clients bring: what is wrong with it is named, and nothing of it is kept.
@Suite struct LifecycleUploadTests {
    private let me = LifecycleRig.caller

    /// A way to spoil an upload of `a.example`, and what is said of it.
    struct Flaw: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: String
        let code: String
        let spoil: @Sendable (inout VersionUpload, LifecycleRig) throws -> Void

        init(
            _ name: String, _ field: String, _ code: String,
            _ spoil: @escaping @Sendable (inout VersionUpload, LifecycleRig) throws -> Void
        ) {
            testDescription = name
            self.field = field
            self.code = code
            self.spoil = spoil
        }
    }

    private static let flaws: [Flaw] = [
        Flaw("no certificate", "certificate", "unreadable") { upload, _ in
            upload.certificate = "hello"
        },
        Flaw("half a certificate", "certificate", "unreadable") { upload, _ in
            upload.certificate = String(upload.certificate.prefix(200))
        },
        Flaw("no key", "private_key", "unreadable") { upload, _ in
            upload.privateKey = "hello"
        },
        Flaw("another key", "private_key", "wrong_key") { upload, rig in
            upload.privateKey = try rig.pair("a.example").privateKey
        },
        Flaw("a weak key", "private_key", "weak") { upload, _ in
            upload.privateKey = Self.weakKey
        },
        Flaw("no issuer", "issuers", "missing_intermediate") { upload, _ in
            upload.issuers = nil
        },
        Flaw("another CA's root", "issuers", "missing_intermediate") { upload, rig in
            upload.issuers = text(
                try ScriptedIssuer(clock: rig.edge.clock).authority.certificate.pem)
        },
        Flaw("another CA's root besides", "issuers", "unrelated_certificates") { upload, rig in
            upload.issuers! += text(
                try ScriptedIssuer(clock: rig.edge.clock).authority.certificate.pem)
        },
        Flaw("expired", "certificate", "expired") { upload, rig in
            upload = try rig.pair("a.example", lifetime: .seconds(60))
            rig.edge.clock.advance(by: .seconds(61))
        },
        Flaw("not yet valid", "certificate", "not_yet_valid") { upload, rig in
            rig.edge.clock.advance(by: .seconds(3600))
            upload = try rig.pair("a.example")
            rig.edge.clock.advance(by: .seconds(-3600))
        },
        Flaw("a key under a passphrase", "private_key", "unreadable") { upload, _ in
            upload.privateKey = ForeignPairs.encryptedKey
        },
        Flaw("a key that TLS has no signatures by", "private_key", "unsuitable") { upload, _ in
            upload = ForeignPairs.upload(ForeignPairs.koblitz, ForeignPairs.koblitzKey)
        },
        Flaw("for clients", "certificate", "unsuitable") { upload, _ in
            upload = ForeignPairs.upload(ForeignPairs.client, ForeignPairs.clientKey)
        },
        Flaw("an issuer that is no authority", "issuers", "unsuitable") { upload, _ in
            upload = ForeignPairs.upload(
                ForeignPairs.astray, ForeignPairs.astrayKey, issuers: ForeignPairs.noAuthority)
        },
        Flaw("other names", "certificate", "names_not_covered") { upload, rig in
            upload.requiredNames = rig.names("a.example", "b.example", "*.a.example")
        },
    ]

    @Test func `what clients bring is checked on no loop that handshakes wait for`() async throws {
        final class Answer: Sendable { let isThere = Mutex(false) }
        let rig = try await LifecycleRig()
        var upload = try rig.pair("a.example")
        upload.privateKey = "hello"
        let (gate, answer) = (DispatchSemaphore(value: 0), Answer())
        rig.edge.work.execute { gate.wait() }
        let unfit = Task { [upload, me] in
            defer { answer.isThere.withLock { $0 = true } }
            return try await rig.lifecycle.upload(upload, by: me)
        }
        let name = try #require(CertificateName("a.example"))
        for _ in 0..<100 { #expect(await !rig.lifecycle.isServed(name)) }
        #expect(answer.isThere.withLock { !$0 })
        gate.signal()
        await #expect(throws: LifecycleError.self) { try await unfit.value }
    }

    @Test(arguments: flaws)
    func `an upload that is not fit is declined and leaves nothing`(flaw: Flaw) async throws {
        let rig = try await LifecycleRig()
        var upload = try rig.pair("a.example")
        try flaw.spoil(&upload, rig)
        do {
            _ = try await rig.lifecycle.upload(upload, by: me)
            Issue.record("it was taken in")
        } catch {
            guard case .unfit(let field, let problem) = error else { throw error }
            #expect(field == flaw.field)
            #expect(problem.code == flaw.code)
        }
        #expect(try await rig.events().isEmpty)
        #expect(await rig.edge.certificatesInService() == 0)
    }

    @Test func `order is repaired and what is there twice is dropped`() async throws {
        let rig = try await LifecycleRig()
        var upload = try rig.pair("a.example")
        let (leaf, root) = (upload.certificate, try #require(upload.issuers))
        upload.certificate = root + leaf + leaf
        upload.issuers = root + leaf
        let version = try await rig.lifecycle.upload(upload, by: me)
        #expect(version.chain == leaf + root)
        #expect(version.state == .active && version.source == .upload)
        #expect(await rig.serial("a.example") == version.serial)
        let certificate = try await rig.certificate(version.certificate)
        #expect(certificate.keySource == .upload && !certificate.renewsItself)
        let pem = try await rig.lifecycle.privateKey(of: version.number, by: me)
        #expect(
            try PrivateKey(pem: Array(pem.utf8)).publicKeyFacts.fingerprint
                == version.keyFingerprint)
        #expect(try await rig.events().contains("key.exported"))
    }

    @Test func `a key whose signatures would hold up a loop is declined`() async throws {
        let rig = try await LifecycleRig()
        try await Lab.play { lab in
            let made = try await lab.run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "rsa:4104", "-pkeyopt", "rsa_keygen_primes:4",
                    "-nodes", "-subj", "/CN=a.example", "-addext", "subjectAltName=DNS:a.example",
                    "-keyout", lab.path("key.pem"), "-out", lab.path("chain.pem"),
                ])
            #expect(made.status == 0, "\(made.output)")
            let upload = ForeignPairs.upload(
                try String(contentsOfFile: lab.path("chain.pem"), encoding: .utf8),
                try String(contentsOfFile: lab.path("key.pem"), encoding: .utf8))
            let problem = try await problem(with: upload, rig)
            #expect(
                problem
                    == .unsuitable("keys of RSA have at most 4096 bits, and this one 4104"))
        }
    }

    private func problem(
        with upload: VersionUpload, _ rig: LifecycleRig
    ) async throws -> UploadProblem? {
        do throws(LifecycleError) {
            _ = try await rig.lifecycle.upload(upload, by: me)
            return nil
        } catch {
            guard case .unfit("private_key", let problem) = error else { throw error }
            return problem
        }
    }

    @Test func `a cross-signed root and who signed it are no part of the chain`() async throws {
        let rig = try await LifecycleRig()
        let others = [ForeignPairs.root, ForeignPairs.crossRoot, ForeignPairs.otherRoot]
        for turn in 0..<3 {
            let issuers = (others[turn...] + others[..<turn]).joined(separator: "\n") + "\n"
            let version = try await rig.lifecycle.upload(
                ForeignPairs.upload(
                    ForeignPairs.crossed, ForeignPairs.crossedKey, issuers: issuers), by: me)
            #expect(version.state == .active)
        }
    }

    @Test func `a name that stands twice in a certificate is one name`() async throws {
        let rig = try await LifecycleRig()
        let version = try await rig.lifecycle.upload(
            try rig.pair("a.example", "b.example", "a.example"), by: me)
        #expect(version.names == rig.names("a.example", "b.example"))
    }

    @Test func `a template's key never leaves, and its request comes back signed`() async throws {
        let rig = try await LifecycleRig()
        var draft = CertificateDraft(names: rig.names("a.example", "www.a.example"))
        draft.issuer = .external
        draft.subject.country = "NL"
        draft.subject.organization = "Example"
        let made = try await rig.lifecycle.create(draft, by: me)
        #expect(made.issuance.state == .awaitingCertificate)
        var filter = EventFilter()
        filter.subject = .issuance
        let told = try await rig.lifecycle.events(filter, after: nil, limit: 9, for: me).elements
        #expect(told.map(\.kind) == [.issuanceStarted])
        #expect(told.map(\.subject.name) == ["a.example"])
        let request = try CertificateRequest(
            pem: try await rig.lifecycle.download(made.issuance.version, as: .csr, for: me).bytes)
        #expect(request.subject.commonName == "a.example" && request.subject.country == "NL")
        #expect(request.names == draft.names)
        // Somebody else's certificate for the same names is not it.
        var wrong = try rig.pair("a.example", "www.a.example")
        wrong.privateKey = nil
        wrong.issuance = made.issuance.number
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.upload(wrong, by: me)
        }
        var upload = try rig.signed(made.issuance.request)
        upload.issuance = made.issuance.number
        let version = try await rig.lifecycle.upload(upload, by: me)
        #expect(version.number == made.issuance.version && version.state == .active)
        #expect(await rig.serial("www.a.example") == version.serial)
        try await rig.issuance(made.issuance.number, is: .done)
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.upload(upload, by: me)
        }
        // The next one takes the place of the first.
        let next = try await rig.lifecycle.issue(
            made.certificate.number, IssuanceDraft(reason: .renewal), by: me)
        #expect(next.request != made.issuance.request)
        var renewed = try rig.signed(next.request)
        renewed.issuance = next.number
        let successor = try await rig.lifecycle.upload(renewed, by: me)
        #expect(await rig.serial("a.example") == successor.serial)
        #expect(try await rig.version(version.number).state == .superseded)
    }

    @Test func `an upload that is replaced keeps its number and swaps`() async throws {
        let rig = try await LifecycleRig()
        let first = try await rig.lifecycle.upload(try rig.pair("a.example"), by: me)
        let second = try await rig.lifecycle.replace(
            first.number, with: try rig.pair("a.example", "b.example"), by: me)
        #expect(second.number == first.number && second.serial != first.serial)
        #expect(await rig.serial("a.example") == second.serial)
        #expect(await rig.serial("b.example") == second.serial)
        #expect(try await rig.certificate(first.certificate).names.count == 2)
    }

    @Test func `a download is what others read`() async throws {
        let rig = try await LifecycleRig()
        let made = try await rig.lifecycle.create(
            CertificateDraft(names: rig.names("a.example")), by: me)
        await #expect(throws: LifecycleError.self) {
            try await rig.lifecycle.download(VersionNumber(1 << 20)!, as: .zip, for: me)
        }
        let done = try await rig.issuance(made.issuance.number, is: .done)
        let zip = try await rig.lifecycle.download(done.version, as: .zip, for: me)
        #expect(zip.name == "a.example.zip" && zip.mediaType == "application/zip")
        let path = "\(rig.edge.path)/a.zip"
        try Data(zip.bytes).write(to: URL(fileURLWithPath: path))
        let crt = try await rig.lifecycle.download(done.version, as: .crt, for: me)
        try await Lab.play { lab in
            let listing = try await lab.run(
                "python3",
                [
                    "-c",
                    "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); z.testzip(); "
                        + "print(' '.join(z.namelist())); print(z.read('a.example.crt').decode())",
                    path,
                ])
            #expect(
                listing.output == "a.example.crt a.example.ca a.example.pem a.example.csr\n"
                    + text(crt.bytes) + "\n")
        }
        let pem = try await rig.lifecycle.download(done.version, as: .pem, for: me)
        let ca = try await rig.lifecycle.download(done.version, as: .ca, for: me)
        #expect(pem.bytes == crt.bytes + ca.bytes)
    }

    /// RSA with 1024 bits.
    private static let weakKey = """
        -----BEGIN PRIVATE KEY-----
        MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAKmgFKKLxjOBSctk
        g52dblLIIBCbLzIM8M4Y4tvCCKvcLRJNIzMieo6mAyN0pbkd7UI6yDbiZIoORhNu
        +psn6c/0G+ApmKyh7apI2qWe3+Vkcpg2Vfvqey9X/j+Z4ghtkOLi61hAzKYc28M0
        Md12NEzMSB+lTmwUjTVg0oRS2xgFAgMBAAECgYBWWpyms6nPhr5ewWkP0JndouxQ
        B/Da9iORiLHVVs67T3fSnVqSKbdi77khT70epNGoqexLpK2yatnaAuGqI4Ov+aJc
        gTj1jSQx9MFxalofB5mrlFT5Wi9Jo2SkxFxctWX/V8lG24jX7OrQb/8IvwTQ3GkU
        P0p+qzIR2MLrSVTVcQJBAOIDa/82gfGojyVy7nLDR4HFxe7niTELBQb8zqaWbu+P
        CFtL+fW/X3cLYhVUu3fG0MNiVkoVd4yMQ2knDvfwWzMCQQDAIW4Xfy4MbIVqpTSE
        4DxFviNKOFs4jvsvGrrhDkTsQxFkmTWuhrJcvx7GKy0ehO8WuYYjdxdKxJjg1Ecx
        W//nAkBA1nx39bonipSuSJ9xWuY7q3ISDGhGIoQpsgLStZtTrDPYhR5LSsBnVWOo
        /Ore/LFNK/vXOvtV3bNFCkh4BoMTAkBUgd/EogIFIO6F++hf0alxG7K2AJfPBsTg
        8SblursCGHXcA6+i9kgZl07X50HPPLVVD4E6tDUgg9yid3xg75BdAkEAxAr4keyV
        XF2Td+Yao9qAN09PojsbZ7Y5GGOZiYM2JEs0o/O5BVZ8AeOXRjRZh/g/UwsNoMVa
        MqRdQuw6dHbYDA==
        -----END PRIVATE KEY-----
        """
}
