// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// Where a P-256 key lies in the DER of a key file.
///
/// OpenSSL's decoder takes 500 µs to find out which of its many formats it has before it; nearly all
/// files have one of these five. What has none of them is the decoder's.
struct P256Secret {
    /// The number that is the key, 32 bytes, big-endian; lent.
    let number: UnsafeBufferPointer<UInt8>
    /// The point that the file says belongs to it; nil where it does not say.
    private let statedPoint: UnsafeBufferPointer<UInt8>?

    static let bytes = 32

    /// Nil when the DER has another form.
    init?(der: UnsafeBufferPointer<UInt8>) {
        let form = Self.forms.first { form in
            der.count == form.count && der.starts(with: form.head)
                && der.dropFirst(form.head.count + Self.bytes).starts(with: form.middle)
        }
        guard let form else { return nil }
        let end = form.head.count + Self.bytes
        number = UnsafeBufferPointer(rebasing: der[form.head.count..<end])
        statedPoint =
            form.hasPoint ? UnsafeBufferPointer(rebasing: der[(end + form.middle.count)...]) : nil
    }

    /// The public key that belongs to it: x and y behind a 4 (SEC 1 §2.3.3).
    ///
    /// Throws `.unusable` when the number is none of the group, or the file has the point of
    /// another key.
    func publicPoint() throws(TLSError) -> [UInt8] {
        let point = try Self.publicPoint(of: number)
        guard statedPoint?.elementsEqual(point) != false else {
            throw .unusable("the public key beside the private key is another's")
        }
        return point
    }

    private static func publicPoint(
        of number: UnsafeBufferPointer<UInt8>
    ) throws(TLSError) -> [UInt8] {
        let group = try made("P-256", Curve.p256.group)
        let scalar = try made(
            "a number", BN_bin2bn(number.baseAddress, CInt(number.count), BN_secure_new()))
        defer { BN_clear_free(scalar) }
        guard BN_is_zero(scalar) == 0, BN_cmp(scalar, EC_GROUP_get0_order(group)) < 0 else {
            throw .unusable("the private key is no key of P-256")
        }
        BN_set_flags(scalar, BN_FLG_CONSTTIME)
        let point = try made("a point", EC_POINT_new(group))
        defer { EC_POINT_free(point) }
        try check("EC_POINT_mul", EC_POINT_mul(group, point, scalar, nil, nil, nil))
        var encoded = [UInt8](repeating: 0, count: pointBytes)
        let count = EC_POINT_point2oct(
            group, point, POINT_CONVERSION_UNCOMPRESSED, &encoded, encoded.count, nil)
        try check("EC_POINT_point2oct", count == pointBytes ? 1 : 0)
        return encoded
    }

    /// The curve, which takes longer to set up than to use.
    ///
    /// Unchecked Sendable: every function that is given the group takes it as `const`, and it is never
    /// freed; what each use changes is a point of its own.
    private struct Curve: @unchecked Sendable {
        let group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)
        static let p256 = Curve()
    }

    // MARK: The forms

    /// All that is the same in each key of one form: what stands before the number, and what
    /// between it and the point.
    private struct Form {
        let head: [UInt8]
        let middle: [UInt8]
        let hasPoint: Bool

        var count: Int {
            head.count + P256Secret.bytes + middle.count + (hasPoint ? pointBytes : 0)
        }
    }

    static let pointBytes = 65

    private static let curve: [UInt8] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]
    /// RFC 5480 §2.1.1: id-ecPublicKey with the curve.
    private static let algorithm: [UInt8] =
        [0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1] + curve
    /// ECPrivateKey (RFC 5915 §3): version 1, and the head of the number.
    private static let version: [UInt8] = [2, 1, 1, 4, 32]
    private static let parameters: [UInt8] = [0xa0, 10] + curve
    /// The head of the BIT STRING with the point.
    private static let publicKey: [UInt8] = [0xa1, 0x44, 3, 0x42, 0]

    private static let forms = [
        // PKCS#8 (RFC 5208 §5) as OpenSSL writes it.
        Form(
            head: [0x30, 0x81, 0x87, 2, 1, 0] + algorithm + [4, 0x6d, 0x30, 0x6b] + version,
            middle: publicKey, hasPoint: true),
        // With the curve a second time.
        Form(
            head: [0x30, 0x81, 0x93, 2, 1, 0] + algorithm + [4, 0x79, 0x30, 0x77] + version,
            middle: parameters + publicKey, hasPoint: true),
        // Without the point.
        Form(
            head: [0x30, 0x41, 2, 1, 0] + algorithm + [4, 0x27, 0x30, 0x25] + version, middle: [],
            hasPoint: false),
        // SEC 1 with the point, as `EC PRIVATE KEY`.
        Form(head: [0x30, 0x77] + version, middle: parameters + publicKey, hasPoint: true),
        // Without it.
        Form(head: [0x30, 0x31] + version, middle: parameters, hasPoint: false),
    ]
}

extension P256Secret {
    /// Lends the secret of the first private key in a PEM text; nil when that is another kind of
    /// key, or encrypted, or there is none.
    static func withFirst<R>(
        in pem: [UInt8], _ body: (P256Secret) throws(TLSError) -> R
    ) throws(TLSError) -> R? {
        var reader = try PEMReader(pem)
        while true {
            let next = try reader.next("a private key") { (part) throws(TLSError) -> Found<R> in
                guard part.label.hasSuffix(PEM_STRING_PKCS8INF) else { return .otherPart }
                guard !part.hasHeaders, let secret = P256Secret(der: part.bytes) else {
                    return .otherKey
                }
                return .secret(try body(secret))
            }
            switch next {
            case .secret(let result): return result
            case .otherPart: continue
            case .otherKey, nil: return nil
            }
        }
    }

    private enum Found<R> { case secret(R), otherKey, otherPart }
}
