// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Storage

extension Record {
    /// The value that was written by `recordValue`.
    func decoded<Value: Decodable>() throws(StorageError) -> Value {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(value))
        } catch {
            throw .damaged(path: key.text, "it cannot be decoded")
        }
    }
}

extension Encodable {
    /// It as the value of a record.
    var recordValue: [UInt8] {
        let encoder = JSONEncoder()
        // Nothing that a client can send is refused here.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("our own values can be encoded")
        }
        return Array(data)
    }
}

extension ObjectNumber {
    /// Reads the value of an `IndexEntry`.
    init?(indexed bytes: [UInt8]) {
        let digits = bytes.prefix { $0 != UInt8(ascii: " ") }
        guard let value = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        self.init(value)
    }
}
