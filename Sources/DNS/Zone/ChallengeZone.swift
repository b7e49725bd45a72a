// SPDX-License-Identifier: Apache-2.0
package import Networking

/// The zone that challenges are answered in: an apex with its servers, and TXT records one label
/// below it, which are there while a challenge is and no longer.
///
/// A value that sees no socket. It answers for its own names alone and looks nothing up, so that it
/// is of no use as an open resolver.
package struct ChallengeZone: Sendable {
    package let apex: DNSName
    private let servers: [DNSName]
    /// A and AAAA of those servers that lie within the zone.
    private let addresses: [IPAddress]
    private var start: StartOfAuthority
    private var texts: [DNSName: [String]] = [:]
    private var textCount = 0

    /// TXT records in all, and at one name: more than there can be challenges at once.
    package static let textsMax = 8192
    package static let textsPerNameMax = 64

    package enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case full(limit: Int)
        case outside(DNSName)

        package var description: String {
            switch self {
            case .full(let limit): "\(limit) TXT records are in the challenge zone already"
            case .outside(let owner): "\(owner) is not one label below the challenge zone"
            }
        }
    }

    /// - Parameter servers: the names in its NS records, at least one.
    /// - Parameter serial: of the SOA; greater than that of any zone before it.
    package init(apex: DNSName, servers: [DNSName], addresses: [IPAddress], serial: UInt32) {
        self.apex = apex
        self.servers = servers
        self.addresses = addresses
        let mailbox = DNSName(labels: [Array("hostmaster".utf8)[...]] + apex.labels) ?? apex
        start = StartOfAuthority(
            primaryServer: servers.first ?? apex, mailbox: mailbox, serial: serial,
            minimum: Self.lifetime)
    }

    // MARK: Records

    package mutating func add(_ text: String, at owner: DNSName) throws(Failure) {
        guard owner.parent == apex else { throw .outside(owner) }
        let present = texts[owner] ?? []
        guard !present.contains(text) else { return }
        guard textCount < Self.textsMax else { throw .full(limit: Self.textsMax) }
        guard present.count < Self.textsPerNameMax else {
            throw .full(limit: Self.textsPerNameMax)
        }
        texts[owner] = present + [text]
        textCount += 1
        start.serial &+= 1
    }

    package mutating func remove(_ text: String, at owner: DNSName) {
        guard let present = texts[owner], present.contains(text) else { return }
        let rest = present.filter { $0 != text }
        texts[owner] = rest.isEmpty ? nil : rest
        textCount -= 1
        start.serial &+= 1
    }

    // MARK: Answers

    /// The response to a query's bytes; nil for what deserves none: responses, and what is too short
    /// to have a header.
    package func answer(to bytes: [UInt8], over transport: DNSTransport) -> [UInt8]? {
        guard let opening = try? MessageOpening(bytes) else {
            return MessageHeader(answering: bytes, with: .formatError).map { Message($0).bytes }
        }
        guard !opening.header.isResponse else { return nil }
        let query = try? Message(bytes)
        var response = response(to: opening, query)
        let room =
            transport == .tcp
            ? Message.maxLength
            : Int(min(max(query?.edns?.payloadSize ?? 0, 512), Inquiry.payloadSize))
        if response.bytes.count > room { response.truncate() }
        return response.bytes
    }

    private func response(to opening: MessageOpening, _ query: Message?) -> Message {
        var response = Message(
            MessageHeader(
                id: opening.header.id, isResponse: true, opcode: opening.header.opcode,
                recursionDesired: opening.header.recursionDesired), questions: opening.questions)
        guard opening.header.opcode == 0 else {
            response.header.responseCode = .notImplemented
            return response
        }
        guard let query, let question = query.questions.first, query.questions.count == 1 else {
            response.header.responseCode = .formatError
            return response
        }
        if let asked = query.edns {
            var own = EDNS(payloadSize: Inquiry.payloadSize)
            // RFC 3225 §3: the DO bit is copied. There are no signatures to go with it.
            own.flags = asked.flags & 0x8000
            // RFC 6891 §6.1.3.
            let isKnown = asked.version == 0
            if !isKnown { own.extendedCode = UInt8(ResponseCode.badVersion.rawValue >> 4) }
            response.edns = own
            guard isKnown else { return response }
        }
        guard [internetClass, Self.anyClass].contains(question.recordClass),
            question.name.isWithin(apex), !question.type.isTransfer
        else {
            response.header.responseCode = .refused
            return response
        }
        fill(&response, question)
        return response
    }

    /// RFC 1034 §4.3.2 for a zone without delegations, aliases and wildcards.
    private func fill(_ response: inout Message, _ question: Question) {
        response.header.isAuthoritative = true
        guard let records = records(at: question.name) else {
            response.header.responseCode = .nameError
            response.authorities = [startRecord]
            return
        }
        if question.type == .any {
            response.answers = [Self.minimal(question.name)]
            return
        }
        // Written as it was asked for: a resolver may have mixed its case ("0x20").
        response.answers = records.filter { $0.type == question.type }
        if response.answers.isEmpty { response.authorities = [startRecord] }
        if response.answers.contains(where: { $0.type == .ns }) {
            response.additionals = servers.filter { $0.isWithin(apex) }.flatMap(addressRecords)
        }
    }

    /// What a name has, under the spelling of the question; nil when it does not exist.
    private func records(at name: DNSName) -> [ResourceRecord]? {
        var records: [ResourceRecord] = []
        if name == apex {
            records += [ResourceRecord(name, ttl: startRecord.ttl, startRecord.data)]
            records += servers.map { ResourceRecord(name, ttl: Self.serverLifetime, .ns($0)) }
        }
        if servers.contains(name) { records += addressRecords(of: name) }
        records += (texts[name] ?? []).map { text in
            ResourceRecord(name, ttl: Self.lifetime, .txt([Array(text.utf8)]))
        }
        // RFC 8020: a name exists when one below it does.
        let exists = !records.isEmpty || servers.contains { $0.isWithin(name) }
        return exists ? records : nil
    }

    private func addressRecords(of server: DNSName) -> [ResourceRecord] {
        addresses.map { ResourceRecord(server, ttl: Self.serverLifetime, .address($0)) }
    }

    private var startRecord: ResourceRecord {
        ResourceRecord(apex, ttl: Self.lifetime, .soa(start))
    }

    /// RFC 8482 §4.2: one record says that there is no full answer to ANY.
    private static func minimal(_ name: DNSName) -> ResourceRecord {
        let text = Array("RFC8482".utf8)
        return ResourceRecord(
            name, ttl: serverLifetime, .opaque(.hinfo, [UInt8(text.count)] + text + [0]))
    }

    /// Seconds that a challenge's record, and the lack of one, may be believed: only for the question
    /// in hand (RFC 1035 §3.2.1), since the next challenge of the same domain may be a moment away.
    private static let lifetime: UInt32 = 0
    private static let serverLifetime: UInt32 = 3600
    private static let anyClass: UInt16 = 255
}

extension MessageHeader {
    /// The header of a response to what cannot be read; nil for what has no header of a query.
    init?(answering bytes: [UInt8], with code: ResponseCode) {
        var reader = WireReader(bytes)
        guard bytes.count >= Self.length, let id = try? reader.readUInt16(),
            let flags = try? reader.readUInt16()
        else { return nil }
        let asked = MessageHeader(id: id, flags: flags)
        guard !asked.isResponse else { return nil }
        self.init(
            id: id, isResponse: true, opcode: asked.opcode,
            recursionDesired: asked.recursionDesired, responseCode: code)
    }
}

extension Message {
    /// RFC 2181 §9: nothing half; the resolver asks again over TCP.
    fileprivate mutating func truncate() {
        header.isTruncated = true
        answers = []
        authorities = []
        additionals = []
    }
}
