// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

@testable import DNS
@testable import Provisioning

/// A loop, a server on loopback that plays the whole DNS, and a check that asks it.
struct EligibilityWorld {
    let loop: EventLoop
    let check: EligibilityCheck
    private let responder: LoopBound<Responder>

    /// How the server treats a name, instead of answering from the zone.
    enum Fault: Sendable {
        case serverFailure(ExtendedError? = nil)
        case refused, silent, truncated, referral
    }

    static let target = ServerName("domains.saas.example")!

    init(
        _ records: [ResourceRecord], faults: [Question: Fault] = [:],
        timeout: Duration = .seconds(6)
    ) async throws {
        let zone = Zone(records)
        let loop = try EventLoop(name: "control")
        self.loop = loop
        responder = try await loop.run {
            Result {
                let address = SocketAddress("127.0.0.1:0")!
                let responder = try Responder(at: address, on: loop) { bytes, transport, _ in
                    Self.answer(bytes, transport, zone, faults)
                }
                return LoopBound(responder, on: loop)
            }
        }.get()
        let bound = responder
        var configuration = Resolver.Configuration(servers: [
            await loop.run { bound.value.address }
        ])
        configuration.timeout = timeout
        let resolver = Resolver(configuration, on: loop)
        check = EligibilityCheck(target: Self.target, resolver: resolver)
    }

    func end() async {
        let responder = responder
        await loop.run { responder.value.close() }
        loop.shutdown()
    }

    private static func answer(
        _ bytes: [UInt8], _ transport: DNSTransport, _ zone: Zone, _ faults: [Question: Fault]
    ) -> [[UInt8]] {
        let query = try! Message(bytes)
        var response = zone.answer(to: query)
        switch faults[query.questions[0]] {
        case nil: return [response.bytes]
        case .silent: return []
        case .truncated:
            guard transport == .udp else { return [response.bytes] }
            response.header.isTruncated = true
            return [Array(response.bytes.prefix(40))]
        case .refused: response.header.responseCode = .refused
        case .serverFailure(let error):
            response.header.responseCode = .serverFailure
            response.edns?.options = error.map { [$0.option] } ?? []
        case .referral:
            response.header.responseCode = .noError
            response.authorities = [
                ResourceRecord(.root, ttl: 60, .ns(DNSName("a.root-servers.example")!))
            ]
            response.answers = []
            return [response.bytes]
        }
        response.answers = []
        response.authorities = []
        return [response.bytes]
    }
}

/// A record in the words of a zone file: `shop.example.com 300 CNAME target.example`.
func record(_ text: String) -> ResourceRecord {
    let words = text.split(separator: " ", maxSplits: 3).map(String.init)
    let data: RecordData
    switch words[2] {
    case "A", "AAAA": data = .address(IPAddress(words[3])!)
    case "CNAME": data = .cname(DNSName(words[3])!)
    case "SOA":
        data = .soa(
            StartOfAuthority(
                primaryServer: DNSName(words[3])!, mailbox: DNSName(words[3])!, minimum: 60))
    case "CAA":
        let parts = words[3].split(separator: " ", maxSplits: 2).map(String.init)
        data = .caa(
            CertificationAuthorityAuthorization(
                flags: UInt8(parts[0])!, tag: parts[1],
                value: String(parts[2].dropFirst().dropLast())))
    default: preconditionFailure("no such type here: \(words[2])")
    }
    return ResourceRecord(DNSName(words[0])!, ttl: UInt32(words[1])!, data)
}
