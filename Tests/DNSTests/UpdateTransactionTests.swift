// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import DNS

/// Signed updates against dnspython 2.9.2: the same request byte for byte, and its responses, with
/// time standing at 1767225600. The secret is the bytes 0 to 31.
@Suite struct UpdateTransactionTests {
    static let now: UInt64 = 1_767_225_600
    static let owner = DNSName("abc.acme.edge.example")!
    static let text = "evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"

    static func key(
        _ algorithm: TransactionKey.Algorithm = .hmacSHA256, _ secret: [UInt8] = Array(0..<32)
    ) -> TransactionKey {
        TransactionKey(
            name: DNSName("nameplate.edge")!, algorithm: algorithm, secret: secret)
    }

    static func transaction(
        _ change: UpdateTransaction.Change = .add(text, ttl: 1),
        _ algorithm: TransactionKey.Algorithm = .hmacSHA256
    ) -> UpdateTransaction {
        UpdateTransaction(
            change, at: owner, zone: DNSName("edge.example")!, key: key(algorithm), id: 0x1234,
            time: now)
    }

    @Test(arguments: [
        (
            UpdateTransaction.Change.add(text, ttl: 1), TransactionKey.Algorithm.hmacSHA256,
            Vectors.add
        ),
        (.remove(text), .hmacSHA256, Vectors.remove),
        (.add(text, ttl: 1), .hmacSHA512, Vectors.add512),
        (.remove(text), .hmacSHA512, Vectors.remove512),
    ])
    func `an update is signed as another implementation signs it`(
        change: UpdateTransaction.Change, algorithm: TransactionKey.Algorithm, vector: String
    ) {
        #expect(hex(Self.transaction(change, algorithm).bytes) == vector)
    }

    @Test func `a signed consent is one`() throws {
        try Self.transaction().judge(bytes(Vectors.consent), at: Self.now)
    }

    @Test(arguments: [
        (Vectors.refused, UpdateError.refused(.refused)),
        (Vectors.badTime, .badTime(ours: now, servers: now + 1000)),
        (Vectors.old, .badTime(ours: now, servers: now - 301)),
        (Vectors.otherSecret, .forged),
        (Vectors.badSignature, .badSignature(key().name)),
        (Vectors.badKey, .badKey(key().name)),
        (Vectors.unsigned, .unsigned(.refused)),
    ])
    func `every way to say no has its name`(vector: String, error: UpdateError) {
        #expect(throws: error) {
            try Self.transaction().judge(bytes(vector), at: Self.now)
        }
    }

    @Test func `what says no tells no secret`() {
        let told = "\(Self.key()) \(String(reflecting: Self.key()))"
        #expect(told.contains("nameplate.edge") && !told.contains("secret"))
        #expect(Mirror(reflecting: Self.key()).children.isEmpty)
    }

    @Test func `a consent with any bit changed is none`() {
        let good = bytes(Vectors.consent)
        let transaction = Self.transaction()
        for place in good.indices {
            for bit in 0..<8 {
                var bad = good
                bad[place] ^= 1 << bit
                // Letters of names are equal in either case, and the TSIG record's TTL, which has to
                // be 0, is signed as 0 whatever it says.
                let isLetter = (0x41...0x5a).contains(good[place] & 0xdf) && bit == 5
                guard !isLetter, !Self.ttl.contains(place) else { continue }
                #expect(throws: UpdateError.self, "bit \(bit) of byte \(place)") {
                    try transaction.judge(bad, at: Self.now)
                }
            }
        }
    }

    @Test func `a consent that is cut off is none, wherever`() {
        let good = bytes(Vectors.consent)
        for count in 0..<good.count {
            #expect(throws: UpdateError.self) {
                try Self.transaction().judge(Array(good[..<count]), at: Self.now)
            }
        }
    }

    @Test func `the consent to another update is none`() {
        let other = Self.transaction(.remove(Self.text))
        #expect(throws: UpdateError.forged) {
            try other.judge(bytes(Vectors.consent), at: Self.now)
        }
    }

    /// Of the TSIG record in the consent: header, zone, key name, type, class.
    private static let ttl = (12 + 14 + 4 + 16 + 4)..<(12 + 14 + 4 + 16 + 8)

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)!
        }
    }
}

/// `dns.update.UpdateMessage("edge.example.")` with `use_tsig`, and `dns.message.make_response` of it.
private enum Vectors {
    static let add =
        "1234280000010000000100010465646765076578616d706c650000060001036162630461636d65c0"
        + "0c0010000100000001002c2b6576614778664144733670535262324c417639495a6631374474336a"
        + "7578474a2d504374393277722d6f41096e616d65706c61746504656467650000fa00ff0000000000"
        + "3d0b686d61632d7368613235360000006955b900012c002062c3577f126f6b60cdf6c7fac99577c8"
        + "44ed37ad79cad756b4d889c31c4bd45f123400000000"
    static let remove =
        "1234280000010000000100010465646765076578616d706c650000060001036162630461636d65c0"
        + "0c001000fe00000000002c2b6576614778664144733670535262324c417639495a6631374474336a"
        + "7578474a2d504374393277722d6f41096e616d65706c61746504656467650000fa00ff0000000000"
        + "3d0b686d61632d7368613235360000006955b900012c0020a3b576993edba746d0a716b02ae0ba55"
        + "d27484129f8562308527678991cd2906123400000000"
    static let add512 =
        "1234280000010000000100010465646765076578616d706c650000060001036162630461636d65c0"
        + "0c0010000100000001002c2b6576614778664144733670535262324c417639495a6631374474336a"
        + "7578474a2d504374393277722d6f41096e616d65706c61746504656467650000fa00ff0000000000"
        + "5d0b686d61632d7368613531320000006955b900012c0040dd3be08e2d0a62da07e50e06a08b3e0c"
        + "9aec98f9ce24ef163c11dc2cd7f00fd6b7a5fbd862d907b36c5d9264bd5805792541744bdd092b4f"
        + "91d45234a1e3b99e123400000000"
    static let remove512 =
        "1234280000010000000100010465646765076578616d706c650000060001036162630461636d65c0"
        + "0c001000fe00000000002c2b6576614778664144733670535262324c417639495a6631374474336a"
        + "7578474a2d504374393277722d6f41096e616d65706c61746504656467650000fa00ff0000000000"
        + "5d0b686d61632d7368613531320000006955b900012c0040b60d8977d380eb291c83e203ae99aee6"
        + "b802c7e9a82621e2b64edbf517da4aa57f940f5bf51b91d943186f1d6c82cd90a57c852246d4c7e8"
        + "83461ad6512b5eef123400000000"
    static let consent =
        "1234a80000010000000000010465646765076578616d706c650000060001096e616d65706c617465"
        + "04656467650000fa00ff00000000003d0b686d61632d7368613235360000006955b900012c00205c"
        + "0be7773164733f4ed7a0a8f082215d7e32a059fbd13f9858135cc8f41432ab123400000000"
    static let refused =
        "1234a80500010000000000010465646765076578616d706c650000060001096e616d65706c617465"
        + "04656467650000fa00ff00000000003d0b686d61632d7368613235360000006955b900012c002057"
        + "a21a630de6ce344aebda5c70f00b8c58781fb46b548ea1ce4cad1204a135e9123400000000"
    static let badTime =
        "1234a80900010000000000010465646765076578616d706c650000060001096e616d65706c617465"
        + "04656467650000fa00ff0000000000430b686d61632d7368613235360000006955b900012c0020d8"
        + "97855a979f63c7828ba05309b452c64900c2a29f460759b94f7d135fe98c6b123400120006000069"
        + "55bce8"
    static let old =
        "1234a80000010000000000010465646765076578616d706c650000060001096e616d65706c617465"
        + "04656467650000fa00ff00000000003d0b686d61632d7368613235360000006955b7d3012c00204f"
        + "86c60429ec7e8468764ede9d3c2bb36ce6da6e0612527b6440396cec088dad123400000000"
    static let otherSecret =
        "1234a80000010000000000010465646765076578616d706c650000060001096e616d65706c617465"
        + "04656467650000fa00ff00000000003d0b686d61632d7368613235360000006955b900012c00201a"
        + "52f68c799b19c7c73c4f8195e9f4448294194b13bb6710f208ccfee8750b64123400000000"
    static let badSignature =
        "1234a80900010000000000010465646765076578616d706c650000060001096e616d65706c617465"
        + "04656467650000fa00ff00000000001d0b686d61632d7368613235360000006955b900012c000012"
        + "3400100000"
    static let badKey =
        "1234a80900010000000000010465646765076578616d706c650000060001096e616d65706c617465"
        + "04656467650000fa00ff00000000001d0b686d61632d7368613235360000006955b900012c000012"
        + "3400110000"
    static let unsigned =
        "1234a8050000000000000000"
}
