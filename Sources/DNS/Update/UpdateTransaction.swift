// SPDX-License-Identifier: Apache-2.0

/// One signed update of a zone (RFC 2136) and the judge of what comes back. A value: it knows no
/// socket and no clock.
package struct UpdateTransaction: Sendable {
    package enum Change: Hashable, Sendable {
        case add(String, ttl: UInt32)
        case remove(String)
    }

    /// What goes to the server.
    package let bytes: [UInt8]
    private let id: UInt16
    private let key: TransactionKey
    private let code: [UInt8]

    /// - Parameter time: seconds since 1970.
    package init(
        _ change: Change, at owner: DNSName, zone: DNSName, key: TransactionKey, id: UInt16,
        time: UInt64
    ) {
        let record: ResourceRecord
        switch change {
        case .add(let text, let ttl):
            record = ResourceRecord(owner, ttl: ttl, .txt([Array(text.utf8)]))
        case .remove(let text):
            // RFC 2136 §2.5.4: class NONE takes one record from its set.
            let data = [UInt8(truncatingIfNeeded: text.utf8.count)] + Array(text.utf8.prefix(255))
            record = ResourceRecord(
                owner, ttl: 0, .opaque(.txt, data), recordClass: Self.noneClass)
        }
        // §2.3, §2.5: the zone stands where questions do, the update where authorities do.
        let message = Message(
            MessageHeader(id: id, opcode: Self.opcode), questions: [Question(zone, .soa)],
            authorities: [record])
        self.id = id
        self.key = key
        (bytes, code) = TransactionSignature.sign(message, with: key, at: time)
    }

    /// Throws unless the server says, under the same key and in time, that the zone is changed.
    package func judge(_ response: [UInt8], at now: UInt64) throws(UpdateError) {
        let message: Message
        let signed: (signature: TransactionSignature, unsigned: [UInt8])?
        do throws(MessageError) {
            message = try Message(response)
            signed = try TransactionSignature.split(response)
        } catch {
            throw .malformed(error)
        }
        guard message.header.id == id, message.header.isResponse,
            message.header.opcode == Self.opcode
        else { throw .unrelated }
        guard let (signature, unsigned) = signed else { throw .unsigned(message.responseCode) }
        // RFC 8945 §5.3.1: a server that does not know us cannot sign what it says.
        switch signature.error {
        case .badKey: throw .badKey(key.name)
        case .badSignature: throw .badSignature(key.name)
        default: break
        }
        guard signature.verifies(unsigned, with: key, after: code) else { throw .forged }
        if signature.error == .badTime {
            throw .badTime(ours: now, servers: signature.otherTime ?? signature.time)
        }
        let difference = now > signature.time ? now - signature.time : signature.time - now
        guard difference <= UInt64(min(signature.fudge, TransactionSignature.fudge)) else {
            throw .badTime(ours: now, servers: signature.time)
        }
        guard message.responseCode == .noError else { throw .refused(message.responseCode) }
    }

    private static let opcode: UInt8 = 5
    private static let noneClass: UInt16 = 254
}

extension TransactionSignature {
    /// RFC 8945 §5.2.3.
    fileprivate var otherTime: UInt64? {
        other.count == 6 ? other.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }
}

/// Why a zone was not changed; the comment of each case says whose turn it is.
package enum UpdateError: Error, Hashable, Sendable {
    /// BADKEY: the server does not know the key, or by another algorithm. The operator.
    case badKey(DNSName)
    /// BADSIG: the secrets differ. The operator.
    case badSignature(DNSName)
    /// BADTIME, or an answer that is too old: the clocks differ. Seconds since 1970. The operator.
    case badTime(ours: UInt64, servers: UInt64)
    /// The answer is not signed by the key. Somebody between us and the server.
    case forged
    /// The answer cannot be read. The server.
    case malformed(MessageError)
    /// The change was made, and yet the server does not answer with the record. The server.
    case notVisible(DNSName)
    /// Under our signature: NOTAUTH, REFUSED, NOTZONE. The operator.
    case refused(ResponseCode)
    case timedOut
    /// The kernel's words.
    case unreachable(String)
    /// The answer is to something else.
    case unrelated
    /// The server takes no signature: what it says instead. The operator.
    case unsigned(ResponseCode)
}

extension UpdateError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badKey(let name): "BADKEY: the server does not know the key \(name) as we use it"
        case .badSignature(let name): "BADSIG: the secret of the key \(name) is another there"
        case .badTime(let ours, let servers):
            "BADTIME: the server's clock says \(servers), ours \(ours), in seconds since 1970"
        case .forged: "the answer is not signed by our key"
        case .malformed(let error): "the answer cannot be read: \(error)"
        case .notVisible(let owner): "\(owner) was changed, and the server does not show it"
        case .refused(let code): "the server says \(code)"
        case .timedOut: "the server did not answer in time"
        case .unreachable(let why): "the server cannot be reached: \(why)"
        case .unrelated: "the answer is to another question"
        case .unsigned(let code): "the answer is not signed, and says \(code)"
        }
    }
}
