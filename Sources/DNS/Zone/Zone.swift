// SPDX-License-Identifier: Apache-2.0

/// Records in memory that answer queries as if there were no other names in the world.
package struct Zone: Sendable {
    private var records: [DNSName: [ResourceRecord]] = [:]

    package init(_ records: [ResourceRecord] = []) {
        for record in records { add(record) }
    }

    package mutating func add(_ record: ResourceRecord) {
        records[record.name, default: []].append(record)
    }

    /// Takes away all that a name has.
    package mutating func removeAll(of name: DNSName) {
        records[name] = nil
    }

    /// The response to a query: aliases followed, NXDOMAIN for a name that has nothing and nothing
    /// below it. A denial carries the SOA record of the nearest name upwards that has one.
    package func answer(to query: Message) -> Message {
        var response = Message(
            MessageHeader(
                id: query.header.id, isResponse: true, opcode: query.header.opcode,
                recursionDesired: query.header.recursionDesired, recursionAvailable: true),
            questions: query.questions, edns: query.edns.map { _ in EDNS(payloadSize: 1232) })
        guard query.header.opcode == 0, query.questions.count == 1,
            let asked = query.questions.first
        else {
            response.header.responseCode =
                query.header.opcode == 0 ? .formatError : .notImplemented
            return response
        }
        var name = asked.name
        for _ in 0...CNAMEChain.maxHops {
            let own = records[name] ?? []
            let matching = own.filter { $0.type == asked.type }
            response.answers += matching
            guard matching.isEmpty else { return response }
            guard let alias = own.first(where: { $0.type == .cname }),
                case .cname(let target) = alias.data
            else { break }
            response.answers.append(alias)
            name = target
        }
        if !exists(name) { response.header.responseCode = .nameError }
        response.authorities += authority(over: name)
        return response
    }

    private func exists(_ name: DNSName) -> Bool {
        records[name] != nil || records.keys.contains { $0.isWithin(name) }
    }

    private func authority(over name: DNSName) -> [ResourceRecord] {
        for level in sequence(first: name, next: \.parent) {
            let found = records[level]?.filter { $0.type == .soa } ?? []
            if !found.isEmpty { return found }
        }
        return []
    }
}
