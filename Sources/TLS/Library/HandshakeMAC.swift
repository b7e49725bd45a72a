// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Glibc

/// HMAC (RFC 2104) with SHA-256 or SHA-384 under OpenSSL's name for it: what authenticates Finished
/// messages, binders and tickets. No other digest is ever asked of it in a `LibraryContext`.
enum HandshakeMAC {
    static let name = OSSL_MAC_NAME_HMAC

    static let functions = DispatchTable([
        (OSSL_FUNC_MAC_NEWCTX, pointer(to: newContext)),
        (OSSL_FUNC_MAC_DUPCTX, pointer(to: copyContext)),
        (OSSL_FUNC_MAC_FREECTX, pointer(to: freeContext)),
        (OSSL_FUNC_MAC_INIT, pointer(to: initialize)),
        (OSSL_FUNC_MAC_UPDATE, pointer(to: update)),
        (OSSL_FUNC_MAC_FINAL, pointer(to: finish)),
        (OSSL_FUNC_MAC_GETTABLE_CTX_PARAMS, pointer(to: gettableParameters)),
        (OSSL_FUNC_MAC_GET_CTX_PARAMS, pointer(to: getParameters)),
        (OSSL_FUNC_MAC_SETTABLE_CTX_PARAMS, pointer(to: settableParameters)),
        (OSSL_FUNC_MAC_SET_CTX_PARAMS, pointer(to: setParameters)),
    ])

    private static func state(
        _ context: UnsafeMutableRawPointer?
    ) -> UnsafeMutablePointer<HMACState>? {
        context?.assumingMemoryBound(to: HMACState.self)
    }

    private typealias Context = UnsafeMutableRawPointer
    private typealias NewContext = @convention(c) (Context?) -> Context?
    private typealias FreeContext = @convention(c) (Context?) -> Void
    private typealias Initialize =
        @convention(c) (
            Context?, UnsafePointer<UInt8>?, Int, UnsafePointer<OSSL_PARAM>?
        ) -> CInt
    private typealias Update = @convention(c) (Context?, UnsafePointer<UInt8>?, Int) -> CInt
    private typealias Finish =
        @convention(c) (
            Context?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>?, Int
        ) -> CInt
    private typealias ListParameters =
        @convention(c) (
            Context?, Context?
        ) -> UnsafePointer<OSSL_PARAM>?
    private typealias GetParameters =
        @convention(c) (
            Context?, UnsafeMutablePointer<OSSL_PARAM>?
        ) -> CInt
    private typealias SetParameters =
        @convention(c) (
            Context?, UnsafePointer<OSSL_PARAM>?
        ) -> CInt

    private static let newContext: NewContext = { _ in
        let memory = malloc(MemoryLayout<HMACState>.size)
        memory?.initializeMemory(as: HMACState.self, to: HMACState())
        return memory
    }

    private static let copyContext: NewContext = { context in
        guard let state = state(context) else { return nil }
        let memory = malloc(MemoryLayout<HMACState>.size)
        memory?.initializeMemory(as: HMACState.self, to: state.pointee)
        return memory
    }

    private static let freeContext: FreeContext = { context in
        guard let context else { return }
        OPENSSL_cleanse(context, MemoryLayout<HMACState>.size)
        free(context)
    }

    private static let initialize: Initialize = { context, key, count, parameters in
        guard let state = state(context) else { return 0 }
        if let parameters { state.pointee.take(parameters) }
        let key = key.map { UnsafeRawBufferPointer(start: $0, count: count) }
        return state.pointee.begin(key) ? 1 : 0
    }

    private static let update: Update = { context, bytes, count in
        state(context)?.pointee.add(UnsafeRawBufferPointer(start: bytes, count: count))
        return 1
    }

    private static let finish: Finish = { context, output, written, room in
        guard let state = state(context), let output, state.pointee.digestCount <= room,
            state.pointee.digestCount > 0
        else { return 0 }
        let count = state.pointee.digestCount
        state.pointee.end(into: UnsafeMutableRawBufferPointer(start: output, count: count))
        written?.pointee = count
        return 1
    }

    private static let getParameters: GetParameters = { context, parameters in
        guard let state = state(context) else { return 0 }
        guard let size = OSSL_PARAM_locate(parameters, OSSL_MAC_PARAM_SIZE) else { return 1 }
        return OSSL_PARAM_set_size_t(size, state.pointee.digestCount)
    }

    private static let setParameters: SetParameters = { context, parameters in
        guard let parameters else { return 1 }
        state(context)?.pointee.take(parameters)
        return 1
    }

    private static let gettableParameters: ListParameters = { _, _ in gettable.start }
    private static let settableParameters: ListParameters = { _, _ in settable.start }

    private static let gettable = ParameterNames([
        (OSSL_MAC_PARAM_SIZE, CInt(OSSL_PARAM_UNSIGNED_INTEGER))
    ])
    private static let settable = ParameterNames([
        (OSSL_MAC_PARAM_DIGEST, CInt(OSSL_PARAM_UTF8_STRING))
    ])
}

/// A list of parameters that can be asked for or set, made once and never freed.
///
/// Unchecked Sendable: written in `init` alone, never freed, and OpenSSL takes it as `const`.
private struct ParameterNames: @unchecked Sendable {
    let start: UnsafePointer<OSSL_PARAM>?

    init(_ names: [(name: String, kind: CInt)]) {
        let list = UnsafeMutableBufferPointer<OSSL_PARAM>.allocate(capacity: names.count + 1)
        let parameters = names.map {
            OSSL_PARAM(
                key: strdup($0.name), data_type: UInt32($0.kind), data: nil, data_size: 0,
                return_size: 0)
        }
        _ = list.initialize(from: parameters + [OSSL_PARAM()])
        start = UnsafePointer(list.baseAddress)
    }
}

/// One HMAC under way. Plain memory: it is copied and wiped as bytes.
private struct HMACState {
    private var hash = KeyDerivation.Hash.other
    private var inner256 = SHA256State()
    private var inner384 = SHA384State()
    /// The key, padded with zeros to a block.
    private var key = InlineArray<128, UInt8>(repeating: 0)

    var digestCount: Int {
        switch hash {
        case .sha256: SHA256State.digestCount
        case .sha384: SHA384State.digestCount
        case .other: 0
        }
    }

    mutating func take(_ parameters: UnsafePointer<OSSL_PARAM>) {
        var digest: KeyDerivation.Hash?
        KeyDerivation.forEach(parameters) { name, value in
            guard strcmp(name, OSSL_MAC_PARAM_DIGEST) == 0 else { return }
            digest = KeyDerivation.Hash(named: value)
        }
        if let digest { hash = digest }
    }

    /// Starts over; without a key, with that of before. False for a digest that is not known, and for a
    /// key longer than a block, which none of libssl's is.
    mutating func begin(_ newKey: UnsafeRawBufferPointer?) -> Bool {
        switch hash {
        case .sha256:
            guard set(newKey, blockCount: SHA256State.blockCount) else { return false }
            inner256 = padded(SHA256State(), with: 0x36)
        case .sha384:
            guard set(newKey, blockCount: SHA384State.blockCount) else { return false }
            inner384 = padded(SHA384State(), with: 0x36)
        case .other: return false
        }
        return true
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        switch hash {
        case .sha256: inner256.add(bytes)
        case .sha384: inner384.add(bytes)
        case .other: break
        }
    }

    /// Writes `digestCount` bytes.
    mutating func end(into output: UnsafeMutableRawBufferPointer) {
        switch hash {
        case .sha256: finish(&inner256, into: output)
        case .sha384: finish(&inner384, into: output)
        case .other: break
        }
    }

    private mutating func set(_ newKey: UnsafeRawBufferPointer?, blockCount: Int) -> Bool {
        guard let newKey else { return true }
        guard newKey.count <= blockCount else { return false }
        for index in 0..<blockCount { key[index] = index < newKey.count ? newKey[index] : 0 }
        return true
    }

    private func padded<State: SHA2State>(_ state: State, with byte: UInt8) -> State {
        var state = state
        withUnsafeTemporaryAllocation(byteCount: State.blockCount, alignment: 8) { block in
            for index in 0..<State.blockCount { block[index] = key[index] ^ byte }
            state.add(UnsafeRawBufferPointer(block))
            OPENSSL_cleanse(block.baseAddress, block.count)
        }
        return state
    }

    private func finish<State: SHA2State>(
        _ inner: inout State, into output: UnsafeMutableRawBufferPointer
    ) {
        inner.end(into: output)
        var outer = padded(State(), with: 0x5c)
        outer.add(UnsafeRawBufferPointer(output))
        outer.end(into: output)
    }
}
