// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TLS

@Suite struct P256SecretTests {
    private let key: PrivateKey
    /// Of `key`: the number and the point.
    private let number: [UInt8]
    private let point: [UInt8]

    private static let curve: [UInt8] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]
    private static let algorithm: [UInt8] =
        [0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1] + curve

    /// What a key file may say beside the number.
    struct Form: Sendable, CustomStringConvertible {
        var isPKCS8: Bool
        var hasCurve: Bool
        var hasPoint: Bool

        var description: String {
            "\(isPKCS8 ? "PKCS#8" : "SEC 1")\(hasCurve ? ", curve" : "")\(hasPoint ? ", point" : "")"
        }
    }

    static let forms = [
        Form(isPKCS8: true, hasCurve: false, hasPoint: true),
        Form(isPKCS8: true, hasCurve: true, hasPoint: true),
        Form(isPKCS8: true, hasCurve: false, hasPoint: false),
        Form(isPKCS8: false, hasCurve: true, hasPoint: true),
        Form(isPKCS8: false, hasCurve: true, hasPoint: false),
    ]

    init() throws {
        key = try .generate(.p256)
        let der = try key.der
        number = Array(der[36..<68])
        point = Array(der.suffix(65))
    }

    private func encoded(_ form: Form, number: [UInt8], point: [UInt8]) -> [UInt8] {
        var content: [UInt8] = [2, 1, 1, 4, 32] + number
        if form.hasCurve { content += [0xa0, 10] + Self.curve }
        if form.hasPoint { content += [0xa1, 0x44, 3, 0x42, 0] + point }
        let sec1 = [0x30, UInt8(content.count)] + content
        guard form.isPKCS8 else { return sec1 }
        let outer = [2, 1, 0] + Self.algorithm + [4, UInt8(sec1.count)] + sec1
        return (outer.count < 128 ? [0x30] : [0x30, 0x81]) + [UInt8(outer.count)] + outer
    }

    private func isRead(_ der: [UInt8]) -> Bool {
        der.withUnsafeBufferPointer { P256Secret(der: $0) != nil }
    }

    @Test(arguments: forms)
    func `every usual form is read as OpenSSL reads it`(form: Form) throws {
        let der = encoded(form, number: number, point: point)
        #expect(isRead(der))
        #expect(try PrivateKey(der: der).publicJWK == key.publicJWK)
        let byOpenSSL = try der.withUnsafeBufferPointer { bytes in
            PrivateKey(owning: try PrivateKey.decode(bytes))
        }
        #expect(try byOpenSSL.publicJWK == key.publicJWK)
    }

    @Test(arguments: forms)
    func `a key that was read signs`(form: Form) throws {
        let read = try PrivateKey(der: encoded(form, number: number, point: point))
        #expect(try read.sign([1, 2, 3]).count == 64)
        #expect(try read.der == key.der)
    }

    @Test(arguments: forms.filter(\.hasPoint))
    func `the point of another key beside the number is found out`(form: Form) throws {
        let other = Array(try PrivateKey.generate(.p256).der.suffix(65))
        let der = encoded(form, number: number, point: other)
        #expect { try PrivateKey(der: der) } throws: { isUnusable($0) }
    }

    @Test(arguments: forms)
    func `a number outside the group is refused`(form: Form) {
        for number in [[UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xff, count: 32)] {
            let der = encoded(form, number: number, point: point)
            #expect { try PrivateKey(der: der) } throws: { isUnusable($0) }
        }
    }

    @Test(arguments: forms)
    func `a form that differs anywhere is left to OpenSSL`(form: Form) {
        let der = encoded(form, number: number, point: point)
        let place = der.indices.first { der[$0...].starts(with: number) }
        let secret = place.map { $0..<$0 + 32 } ?? 0..<0
        let pointCount = form.hasPoint ? point.count : 0
        for index in der.indices.dropLast(pointCount) where !secret.contains(index) {
            var changed = der
            changed[index] ^= 0x40
            #expect(!isRead(changed), "byte \(index)")
        }
        #expect(!isRead(der + [0]))
        #expect(!isRead(der.dropLast()))
        #expect(!isRead([]))
    }
}
