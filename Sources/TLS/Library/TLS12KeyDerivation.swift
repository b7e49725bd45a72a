// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Glibc

/// The pseudorandom function of TLS 1.2 (RFC 5246 §5) under OpenSSL's name for it, TLS1-PRF, as libssl
/// asks for it: all that it needs comes with each derivation, and nothing is kept.
///
/// SHA-256 and SHA-384, which all cipher suites here use; what else there may be is passed to OpenSSL's
/// own.
enum TLS12KeyDerivation {
    static let functions = KeyDerivation.functions(deriving: pointer(to: derive))

    private static let derive: KeyDerivation.Derive = { _, start, count, parameters in
        guard let start, let parameters else { return 0 }
        let output = UnsafeMutableRawBufferPointer(start: start, count: count)
        return withUnsafeTemporaryAllocation(byteCount: PRFRequest.seedMax, alignment: 8) { seed in
            let request = PRFRequest(parameters, seed: seed)
            switch request.hash {
            case .sha256 where request.derive(into: output, with: SHA256State.self): return 1
            case .sha384 where request.derive(into: output, with: SHA384State.self): return 1
            default:
                return KeyDerivation.byOpenSSL(OSSL_KDF_NAME_TLS1_PRF, into: output, parameters)
            }
        }
    }
}

/// One derivation: what libssl passes as parameters (EVP_KDF-TLS1_PRF(7)).
private struct PRFRequest {
    /// Label, two random values of 32 bytes; for an extended master secret a hash. An exporter's
    /// context may be longer.
    static let seedMax = 256

    private(set) var hash = KeyDerivation.Hash.other
    private var secret: UnsafeRawBufferPointer?
    private let seed: UnsafeMutableRawBufferPointer
    private var seedCount = 0

    /// The parts of the seed are joined in `seed`.
    init(_ parameters: UnsafePointer<OSSL_PARAM>, seed: UnsafeMutableRawBufferPointer) {
        self.seed = seed
        KeyDerivation.forEach(parameters) { name, value in take(name, value) }
    }

    private mutating func take(_ name: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) {
        if strcmp(name, OSSL_KDF_PARAM_SEED) == 0 {
            if seedCount + value.count <= seed.count {
                UnsafeMutableRawBufferPointer(rebasing: seed[seedCount...]).copyBytes(from: value)
            }
            seedCount += value.count
        } else if strcmp(name, OSSL_KDF_PARAM_SECRET) == 0 {
            secret = value
        } else if strcmp(name, OSSL_KDF_PARAM_DIGEST) == 0 {
            hash = KeyDerivation.Hash(named: value)
        }
    }

    /// P_hash (RFC 5246 §5); false for a secret or a seed that is longer than what TLS 1.2 with elliptic
    /// curves has.
    func derive<State: SHA2State>(
        into output: UnsafeMutableRawBufferPointer, with _: State.Type
    ) -> Bool {
        guard let secret, secret.count <= State.blockCount, seedCount <= seed.count else {
            return false
        }
        let width = State.digestCount
        withUnsafeTemporaryAllocation(byteCount: width + seedCount, alignment: 8) { chained in
            let link = UnsafeMutableRawBufferPointer(rebasing: chained[..<width])
            let seed = UnsafeRawBufferPointer(rebasing: self.seed[..<seedCount])
            chained[width...].copyBytes(from: seed)
            _ = State.authenticate(seed, key: secret, into: link)
            var rest = UnsafeMutableRawBufferPointer(rebasing: output[...])
            while !rest.isEmpty {
                let piece = UnsafeMutableRawBufferPointer(rebasing: rest.prefix(width))
                _ = State.authenticate(UnsafeRawBufferPointer(chained), key: secret, into: piece)
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[piece.count...])
                _ = State.authenticate(UnsafeRawBufferPointer(link), key: secret, into: link)
            }
            OPENSSL_cleanse(chained.baseAddress, chained.count)
        }
        return true
    }
}
