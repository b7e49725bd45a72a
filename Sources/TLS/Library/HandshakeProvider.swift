// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A provider (provider(7)) that offers what OpenSSL's default provider does, by the default
/// provider's own code, but for the key derivations of TLS.
///
/// libssl derives some twenty secrets in a handshake of TLS 1.3, and the default provider spends most of
/// each on looking up and setting up what it hashes with: a tenth of a handshake.
enum HandshakeProvider {
    static let name = "nameplate"

    /// The default provider of the process, whose algorithms are passed on. It is never unloaded.
    static let base = Base()

    /// Unchecked Sendable: a provider is used from any thread (provider(7)).
    struct Base: @unchecked Sendable {
        let handle = OSSL_PROVIDER_load(nil, "default")
    }

    /// What this provider can be asked.
    static let functions = DispatchTable([
        (OSSL_FUNC_PROVIDER_QUERY_OPERATION, pointer(to: queryOperation)),
        (OSSL_FUNC_PROVIDER_GET_CAPABILITIES, pointer(to: getCapabilities)),
        (OSSL_FUNC_PROVIDER_GETTABLE_PARAMS, pointer(to: gettableParameters)),
        (OSSL_FUNC_PROVIDER_GET_PARAMS, pointer(to: getParameters)),
    ])

    /// The default provider's key derivations, with ours in the place of those of TLS.
    static let keyDerivations = Algorithms(
        offered(for: OSSL_OP_KDF),
        replacing: [
            OSSL_KDF_NAME_TLS1_3_KDF: TLS13KeyDerivation.functions,
            OSSL_KDF_NAME_TLS1_PRF: TLS12KeyDerivation.functions,
        ])

    private static func offered(for operation: CInt) -> UnsafePointer<OSSL_ALGORITHM>? {
        var noStore: CInt = 0
        return OSSL_PROVIDER_query_operation(base.handle, operation, &noStore)
    }
}

/// A list of functions in the form of OpenSSL, made once and never freed.
///
/// Unchecked Sendable: never changed after `init`.
struct DispatchTable: @unchecked Sendable {
    let start: UnsafePointer<OSSL_DISPATCH>

    init(_ functions: [(id: CInt, function: @convention(c) () -> Void)]) {
        let table = UnsafeMutableBufferPointer<OSSL_DISPATCH>.allocate(
            capacity: functions.count + 1)
        _ = table.initialize(
            from: functions.map { OSSL_DISPATCH(function_id: $0.id, function: $0.function) }
                + [OSSL_DISPATCH(function_id: 0, function: nil)])
        start = UnsafePointer(table.baseAddress.unsafelyUnwrapped)
    }
}

/// A list of algorithms in the form of OpenSSL, made once and never freed.
///
/// Unchecked Sendable: never changed after `init`.
struct Algorithms: @unchecked Sendable {
    let start: UnsafePointer<OSSL_ALGORITHM>?

    /// `list` with other implementations of the algorithms that `replacements` names.
    init(_ list: UnsafePointer<OSSL_ALGORITHM>?, replacing replacements: [String: DispatchTable]) {
        guard let list else {
            start = nil
            return
        }
        var count = 0
        while list[count].algorithm_names != nil { count += 1 }
        // With the entry without names that ends it.
        let copy = UnsafeMutableBufferPointer<OSSL_ALGORITHM>.allocate(capacity: count + 1)
        _ = copy.initialize(from: UnsafeBufferPointer(start: list, count: count + 1))
        for index in 0..<count {
            guard let functions = replacements[String(cString: list[index].algorithm_names)] else {
                continue
            }
            copy[index].implementation = functions.start
        }
        start = UnsafePointer(copy.baseAddress)
    }
}

/// The untyped form in which OpenSSL stores a function.
func pointer<Function>(to function: Function) -> @convention(c) () -> Void {
    unsafeBitCast(function, to: (@convention(c) () -> Void).self)
}

/// OpenSSL's entry into the provider. Its algorithms get the default provider's context, as they are
/// the default provider's code.
func initializeHandshakeProvider(
    _: OpaquePointer?, _: UnsafePointer<OSSL_DISPATCH>?,
    _ functions: UnsafeMutablePointer<UnsafePointer<OSSL_DISPATCH>?>?,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> CInt {
    guard let base = HandshakeProvider.base.handle else { return 0 }
    functions?.pointee = HandshakeProvider.functions.start
    context?.pointee = OSSL_PROVIDER_get0_provider_ctx(base)
    return 1
}

private typealias QueryOperation =
    @convention(c) (
        UnsafeMutableRawPointer?, CInt, UnsafeMutablePointer<CInt>?
    ) -> UnsafePointer<OSSL_ALGORITHM>?

private let queryOperation: QueryOperation = { _, operation, noStore in
    if operation == OSSL_OP_KDF {
        noStore?.pointee = 0
        return HandshakeProvider.keyDerivations.start
    }
    return OSSL_PROVIDER_query_operation(HandshakeProvider.base.handle, operation, noStore)
}

private typealias GetCapabilities =
    @convention(c) (
        UnsafeMutableRawPointer?, UnsafePointer<CChar>?,
        (@convention(c) (UnsafePointer<OSSL_PARAM>?, UnsafeMutableRawPointer?) -> CInt)?,
        UnsafeMutableRawPointer?
    ) -> CInt

/// The groups of TLS, for example.
private let getCapabilities: GetCapabilities = { _, capability, callback, argument in
    OSSL_PROVIDER_get_capabilities(
        HandshakeProvider.base.handle, capability, callback, argument)
}

private typealias GettableParameters =
    @convention(c) (
        UnsafeMutableRawPointer?
    ) -> UnsafePointer<OSSL_PARAM>?

private let gettableParameters: GettableParameters = { _ in
    OSSL_PROVIDER_gettable_params(HandshakeProvider.base.handle)
}

private typealias GetParameters =
    @convention(c) (
        UnsafeMutableRawPointer?, UnsafeMutablePointer<OSSL_PARAM>?
    ) -> CInt

private let getParameters: GetParameters = { _, parameters in
    OSSL_PROVIDER_get_params(HandshakeProvider.base.handle, parameters)
}
