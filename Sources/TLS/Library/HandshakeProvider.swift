// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// A provider (provider(7)) that offers what OpenSSL's default provider does, by the default
/// provider's own code, but for the key derivations of TLS and HMAC.
///
/// libssl derives some twenty secrets in a handshake of TLS 1.3, and the default provider spends most of
/// each on looking up and setting up what it hashes with: a tenth of a handshake. It does so again for
/// each Finished message and each ticket.
enum HandshakeProvider {
    static let name = "nameplate"

    /// The default provider of the process, whose algorithms are passed on. It is never unloaded.
    static let base = Base()

    /// Unchecked Sendable: OpenSSL guards a provider with locks of its own, since any thread may fetch
    /// from it (openssl-threads(7)), and this handle is held until the process ends.
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

    /// Of the default provider's decoders those for the keys of certificates and of PKCS#8. OpenSSL goes
    /// through all there are for each key that it reads: with 10 of 40 a certificate is parsed in
    /// half the time.
    static let decoders = Algorithms(offered(for: OSSL_OP_DECODER)) { name, properties in
        ["EC", "RSA", "RSA-PSS", "ED25519", "ED448"].contains(name)
            && properties.contains("input=der")
            && ["SubjectPublicKeyInfo", "PrivateKeyInfo"].contains {
                properties.hasSuffix("structure=\($0)")
            }
    }

    /// The default provider's authentication codes, with ours in the place of HMAC.
    static let authenticationCodes = Algorithms(
        offered(for: OSSL_OP_MAC), replacing: [HandshakeMAC.name: HandshakeMAC.functions])

    private static func offered(for operation: CInt) -> UnsafePointer<OSSL_ALGORITHM>? {
        var noStore: CInt = 0
        return OSSL_PROVIDER_query_operation(base.handle, operation, &noStore)
    }
}

/// A list of functions in the form of OpenSSL, made once and never freed.
///
/// Unchecked Sendable: written in `init` alone, never freed, and OpenSSL takes it as `const`.
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
/// Unchecked Sendable: written in `init` alone, never freed, and OpenSSL takes it as `const`.
struct Algorithms: @unchecked Sendable {
    let start: UnsafePointer<OSSL_ALGORITHM>?

    /// `list` with other implementations of the algorithms that `replacements` names.
    init(_ list: UnsafePointer<OSSL_ALGORITHM>?, replacing replacements: [String: DispatchTable]) {
        self.init(
            Self.elements(of: list).map { algorithm in
                var algorithm = algorithm
                if let functions = replacements[String(cString: algorithm.algorithm_names)] {
                    algorithm.implementation = functions.start
                }
                return algorithm
            })
    }

    /// Those of `list` that `isWanted` by their first name and their properties.
    init(
        _ list: UnsafePointer<OSSL_ALGORITHM>?,
        where isWanted: (_ name: String, _ properties: String) -> Bool
    ) {
        self.init(
            Self.elements(of: list).filter { algorithm in
                let names = String(cString: algorithm.algorithm_names)
                let name = names.prefix { $0 != ":" }
                return isWanted(String(name), String(cString: algorithm.property_definition))
            })
    }

    private init(_ elements: [OSSL_ALGORITHM]) {
        // With an entry without names that ends it.
        let copy = UnsafeMutableBufferPointer<OSSL_ALGORITHM>.allocate(
            capacity: elements.count + 1)
        _ = copy.initialize(from: elements + [OSSL_ALGORITHM()])
        start = UnsafePointer(copy.baseAddress)
    }

    private static func elements(of list: UnsafePointer<OSSL_ALGORITHM>?) -> [OSSL_ALGORITHM] {
        guard let list else { return [] }
        var count = 0
        while list[count].algorithm_names != nil { count += 1 }
        return Array(UnsafeBufferPointer(start: list, count: count))
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
    noStore?.pointee = 0
    switch operation {
    case OSSL_OP_KDF: return HandshakeProvider.keyDerivations.start
    case OSSL_OP_MAC: return HandshakeProvider.authenticationCodes.start
    case OSSL_OP_DECODER: return HandshakeProvider.decoders.start
    default: break
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
