// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import TLS

/// An uploaded certificate that was found fit to serve: put in order, nothing missing, nothing in it that
/// does not belong.
struct UploadCheck {
    let chain: CertificateChain

    /// Whose certificate it has to be.
    enum Key {
        /// A key of ours, which was made for a request.
        case ours(PrivateKey)
        /// In PEM, as it came.
        case uploaded(String)
    }

    /// The key that goes with it.
    let key: PrivateKey

    /// Throws `.unfit` with the first thing that is wrong, in the order in which a client would mend it.
    init(
        _ upload: VersionUpload, key: Key, required: [CertificateName], at now: Date
    ) throws(LifecycleError) {
        var certificates = try Self.certificates(upload.certificate, field: "certificate")
        guard !certificates.isEmpty else {
            throw .unfit(field: "certificate", .unreadable("there is no certificate in it"))
        }
        if let issuers = upload.issuers {
            certificates += try Self.certificates(issuers, field: "issuers")
        }
        self.key = try Self.read(key)
        guard let leaf = certificates.first(where: { [key = self.key] in $0.matches(key) }) else {
            throw .unfit(field: key.field, .wrongKey)
        }
        let assembly = ChainAssembly(leaf: leaf, others: certificates)
        if let issuer = assembly.missingIssuer {
            throw .unfit(field: "issuers", .missingIntermediate(issuer: issuer))
        }
        guard assembly.unrelated.isEmpty else {
            let names = assembly.unrelated.map { $0.subjectCommonName ?? $0.serialHex }
            throw .unfit(field: "issuers", .unrelated(names))
        }
        chain = assembly.chain
        for certificate in [leaf] + chain.intermediates {
            try Self.requireSound(certificate, isLeaf: certificate == leaf, at: now)
            try Self.requireUse(of: certificate, isLeaf: certificate == leaf)
        }
        try Self.require(leaf, toCover: required)
    }

    private static func certificates(
        _ text: String, field: String
    ) throws(LifecycleError) -> [Certificate] {
        do {
            return try Certificate.all(in: Array(text.utf8))
        } catch {
            throw .unfit(field: field, .unreadable("\(error)"))
        }
    }

    private static func read(_ key: Key) throws(LifecycleError) -> PrivateKey {
        switch key {
        case .ours(let key): return key
        case .uploaded(let text):
            do {
                let key = try PrivateKey(pem: Array(text.utf8))
                let facts = try key.publicKeyFacts
                guard !facts.isWeak else {
                    let what = "it is of the kind \(facts.algorithm) with \(facts.bits) bits"
                    throw LifecycleError.unfit(field: "private_key", .weak(what))
                }
                if let impediment = facts.impediment {
                    throw LifecycleError.unfit(field: "private_key", .unsuitable(impediment))
                }
                return key
            } catch let error as LifecycleError {
                throw error
            } catch {
                // OpenSSL's words about a key do not quote it.
                let why =
                    text.contains("ENCRYPTED")
                    ? "it is encrypted; send it without a passphrase" : "\(error)"
                throw .unfit(field: "private_key", .unreadable(why))
            }
        }
    }

    private static func requireSound(
        _ certificate: Certificate, isLeaf: Bool, at now: Date
    ) throws(LifecycleError) {
        let field = isLeaf ? "certificate" : "issuers"
        let who = certificate.subjectCommonName ?? certificate.serialHex
        guard certificate.notAfter > now else {
            throw .unfit(
                field: field,
                .expired("\(who) expired on \(certificate.notAfter.formatted(.iso8601))"))
        }
        guard certificate.notBefore <= now else {
            throw .unfit(
                field: field,
                .notYetValid(
                    "\(who) is not valid before \(certificate.notBefore.formatted(.iso8601))"))
        }
        // A root is trusted for what it is, not for its signature of itself.
        if let digest = certificate.weakSignature, isLeaf || !certificate.isSelfSigned {
            throw .unfit(field: field, .weak("\(who) is signed with \(digest)"))
        }
        do {
            let facts = try certificate.publicKeyFacts
            guard facts.isWeak else { return }
            throw LifecycleError.unfit(
                field: field,
                .weak("\(who) has a key of the kind \(facts.algorithm) with \(facts.bits) bits"))
        } catch let error as LifecycleError {
            throw error
        } catch {
            throw .unfit(field: field, .unreadable("\(error)"))
        }
    }

    private static func requireUse(
        of certificate: Certificate, isLeaf: Bool
    ) throws(LifecycleError) {
        let who = certificate.subjectCommonName ?? certificate.serialHex
        if isLeaf, !certificate.isForServers {
            throw .unfit(
                field: "certificate",
                .unsuitable("the uses that \(who) is for do not include servers of TLS"))
        }
        if !isLeaf, !certificate.isAuthority {
            throw .unfit(
                field: "issuers", .unsuitable("\(who) is no authority, and may sign no others"))
        }
    }

    private static func require(
        _ leaf: Certificate, toCover required: [CertificateName]
    ) throws(LifecycleError) {
        guard !leaf.names.isEmpty else {
            throw .unfit(field: "certificate", .unreadable("it is for no host name"))
        }
        let missing = required.filter { name in !leaf.names.contains { $0.includes(name) } }
        guard missing.isEmpty else {
            throw .unfit(field: "certificate", .namesNotCovered(missing.map(\.text)))
        }
    }
}

extension UploadCheck.Key {
    /// What a client would have to bring otherwise.
    fileprivate var field: String {
        switch self {
        case .ours: "certificate"
        case .uploaded: "private_key"
        }
    }
}
