// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Glibc

/// The key derivation of TLS 1.3 (RFC 8446 §7.1) under OpenSSL's name for it, TLS13-KDF, as libssl
/// asks for it: all that it needs comes with each derivation, and nothing is kept.
///
/// SHA-256 and SHA-384, which all cipher suites here use; what else there may be is passed to OpenSSL's
/// own.
enum TLS13KeyDerivation {
    static let functions = KeyDerivation.functions(deriving: pointer(to: derive))

    private static let derive: KeyDerivation.Derive = { _, start, count, parameters in
        guard let start, let parameters else { return 0 }
        let output = UnsafeMutableRawBufferPointer(start: start, count: count)
        let request = HKDFRequest(parameters)
        switch request.hash {
        case .sha256: return request.derive(into: output, with: SHA256State.self) ? 1 : 0
        case .sha384: return request.derive(into: output, with: SHA384State.self) ? 1 : 0
        case .other:
            return KeyDerivation.byOpenSSL(OSSL_KDF_NAME_TLS1_3_KDF, into: output, parameters)
        }
    }
}

/// One derivation: what libssl passes as parameters (EVP_KDF-TLS13_KDF(7)).
private struct HKDFRequest {
    private(set) var hash = KeyDerivation.Hash.other
    private var isExpansion = false
    private var key: UnsafeRawBufferPointer?
    private var salt: UnsafeRawBufferPointer?
    private var prefix = UnsafeRawBufferPointer(start: nil, count: 0)
    private var label = UnsafeRawBufferPointer(start: nil, count: 0)
    private var data = UnsafeRawBufferPointer(start: nil, count: 0)

    init(_ parameters: UnsafePointer<OSSL_PARAM>) {
        KeyDerivation.forEach(parameters) { name, value in take(name, value) }
    }

    private mutating func take(_ name: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) {
        if strcmp(name, OSSL_KDF_PARAM_KEY) == 0 {
            key = value
        } else if strcmp(name, OSSL_KDF_PARAM_LABEL) == 0 {
            label = value
        } else if strcmp(name, OSSL_KDF_PARAM_PREFIX) == 0 {
            prefix = value
        } else if strcmp(name, OSSL_KDF_PARAM_DATA) == 0 {
            data = value
        } else if strcmp(name, OSSL_KDF_PARAM_SALT) == 0 {
            salt = value
        } else if strcmp(name, OSSL_KDF_PARAM_DIGEST) == 0 {
            hash = KeyDerivation.Hash(named: value)
        } else if strcmp(name, OSSL_KDF_PARAM_MODE) == 0, value.count >= MemoryLayout<CInt>.size {
            isExpansion =
                value.loadUnaligned(as: CInt.self) == EVP_KDF_HKDF_MODE_EXPAND_ONLY
        }
    }

    /// False for what no key schedule asks for.
    func derive<State: SHA2State>(
        into output: UnsafeMutableRawBufferPointer, with _: State.Type
    ) -> Bool {
        isExpansion
            ? expand(key, data: data, into: output, with: State.self)
            : extract(into: output, with: State.self)
    }

    /// HKDF-Expand-Label (RFC 8446 §7.1), of one block of the hash at most.
    private func expand<State: SHA2State>(
        _ secret: UnsafeRawBufferPointer?, data: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer, with _: State.Type
    ) -> Bool {
        guard let secret, output.count <= State.digestCount, prefix.count + label.count < 256,
            data.count < 256
        else { return false }
        // The label with its lengths, and the number of the block that follows (RFC 5869 §2.3).
        let count = 2 + 1 + prefix.count + label.count + 1 + data.count + 1
        return withUnsafeTemporaryAllocation(byteCount: 2 + 1 + 256 + 1 + 256 + 1, alignment: 8) {
            message in
            message[0] = UInt8(truncatingIfNeeded: output.count >> 8)
            message[1] = UInt8(truncatingIfNeeded: output.count)
            message[2] = UInt8(prefix.count + label.count)
            var end = 3
            for piece in [prefix, label] where !piece.isEmpty {
                message[end...].copyBytes(from: piece)
                end += piece.count
            }
            message[end] = UInt8(data.count)
            message[(end + 1)...].copyBytes(from: data)
            message[count - 1] = 1
            return State.authenticate(
                UnsafeRawBufferPointer(rebasing: message[..<count]), key: secret, into: output)
        }
    }

    /// The next secret of the schedule: HKDF-Extract of the key with the salt, which is derived from
    /// the secret before where there is one.
    private func extract<State: SHA2State>(
        into output: UnsafeMutableRawBufferPointer, with _: State.Type
    ) -> Bool {
        guard output.count == State.digestCount else { return false }
        return withUnsafeTemporaryAllocation(byteCount: 3 * State.digestCount, alignment: 8) {
            memory in
            defer { OPENSSL_cleanse(memory.baseAddress, memory.count) }
            let width = State.digestCount
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            let zeros = UnsafeRawBufferPointer(rebasing: memory[..<width])
            let emptyHash = UnsafeMutableRawBufferPointer(rebasing: memory[width..<2 * width])
            let derived = UnsafeMutableRawBufferPointer(rebasing: memory[(2 * width)...])
            if let salt {
                State().finish(into: emptyHash)
                guard
                    expand(
                        salt, data: UnsafeRawBufferPointer(emptyHash), into: derived,
                        with: State.self)
                else { return false }
            }
            // Without a salt its place is taken by zeros, which HMAC pads any key with.
            return State.authenticate(
                key ?? zeros, key: UnsafeRawBufferPointer(derived), into: output)
        }
    }
}
