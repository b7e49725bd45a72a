// SPDX-License-Identifier: Apache-2.0
import Storage
import TLS

/// Where everything is kept. All that is found by a prefix is listed in the order of its keys.
///
/// | key | value |
/// |---|---|
/// | `object/domain/0000000012` | the object in JSON; likewise `certificate`, `issuance`, `version`, `site`, `webhook`, `contact` |
/// | `key/0000000031` | a private key in PEM |
/// | `by/…` | the number of an object, and facts of it: an `IndexEntry` |
/// | `event/0000000007` | the event in JSON |
/// | `log/main/0000000007` | its kind: the events of one account |
/// | `left/main` | the last event of an account that has left the log |
/// | `count/domain/main` | how many an account has; likewise other kinds |
/// | `last/object`, `last/event` | the number given last |
/// | `queue/main/<name>` | how far a poll queue is confirmed |
/// | `answer/…` | what requests with an `Idempotency-Key` have made, and their answers |
/// | `withdrawn/<name>` | the deny-list |
/// | `unsettled/<name>` | names whose files are being changed |
/// | `due/<seconds>/…` | moments at which something is to be done |
/// | `hook/…` | what is still to be delivered to webhooks, and what was |
extension RecordKey {
    static func object<Object: RegistryObject>(_ number: ObjectNumber<Object>) -> RecordKey {
        RecordKey(path: "object/\(Object.subjectKind.rawValue)", number.value.ordered)
    }

    static func privateKey(_ number: Int) -> RecordKey {
        RecordKey(path: "key", number.ordered)
    }

    static func event(_ number: EventNumber) -> RecordKey {
        RecordKey(path: eventPrefix, number.value.ordered)
    }

    static func log(_ account: String, _ number: EventNumber) -> RecordKey {
        RecordKey(path: "log", account.asKeyPart, number.value.ordered)
    }

    static func logPrefix(_ account: String) -> String { "log/\(account.asKeyPart)/" }

    static func leftLog(_ account: String) -> RecordKey {
        RecordKey(path: "left", account.asKeyPart)
    }

    static func queue(_ name: String, of account: String) -> RecordKey {
        RecordKey(path: "queue", account.asKeyPart, name.asKeyPart)
    }

    static func withdrawn(_ name: CertificateName) -> RecordKey {
        RecordKey(path: "withdrawn", name.text)
    }

    static func unsettled(_ name: CertificateName) -> RecordKey {
        RecordKey(path: "unsettled", name.text)
    }

    static var lastObject: RecordKey { RecordKey(path: "last", "object") }
    static var lastEvent: RecordKey { RecordKey(path: "last", "event") }

    static var eventPrefix: String { "event" }

    /// A key of parts that are ours or were made fit by `asKeyPart`, so that it always is one.
    init(path parts: String...) {
        let text = parts.joined(separator: "/")
        guard let key = RecordKey(text) else { preconditionFailure("not a key: \(text)") }
        self = key
    }
}

extension Int {
    /// Ten digits, so that the order of texts is that of numbers.
    var ordered: String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(10 - digits.utf8.count, 0)) + digits
    }

    /// Reads the last part of a key.
    init?(lastPartOf key: RecordKey) {
        let digits = key.text.utf8.split(separator: UInt8(ascii: "/")).last
        guard let digits, let number = Int(Substring(digits)) else { return nil }
        self = number
    }
}

extension String {
    /// As a part of a key: itself where it is short and plain, otherwise its digest. Account names,
    /// references and queue names are whatever clients and operators choose.
    var asKeyPart: String {
        let isPlain = utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(utf8.count) else {
            return "~" + Digest.hexadecimal(Digest.sha256(Array(utf8)))
        }
        return self
    }
}

extension CertificateName {
    /// The labels from the last one on, each with a dot behind it: `com.example.shop.`. Names within a
    /// domain then have a prefix in common, and so has the domain itself.
    var reversed: String { text.reversedLabels }
}

extension ServerName {
    var reversed: String { text.reversedLabels }
}

extension String {
    fileprivate var reversedLabels: String {
        split(separator: ".").reversed().map { $0 + "." }.joined()
    }
}
