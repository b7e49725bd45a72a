// SPDX-License-Identifier: Apache-2.0
import DNS

/// DNS messages: read and written again, answered by the challenge zone, and taken for what a server
/// says of an update.
enum DNSFuzz {
    static func run(_ input: [UInt8]) {
        if let answer = zone?.answer(to: input, over: .udp) {
            precondition((try? Message(answer)) != nil, "an answer cannot be read")
        }
        if let update, (try? update.judge(input, at: 0)) != nil {
            preconditionFailure("an update's consent was forged")
        }
        guard let message = try? Message(input) else { return }
        let written = message.bytes
        // Names that were shared in part may take more room; then nobody would send it.
        guard written.count <= Message.maxLength else { return }
        guard let again = try? Message(written) else {
            preconditionFailure("a message that was read cannot be written")
        }
        precondition(again == message, "a message changes on its way")
    }

    private static let apex = DNSName("acme.edge.example")
    private static let zone = apex.map {
        ChallengeZone(apex: $0, servers: [$0], addresses: [], serial: 1)
    }
    private static let update = apex.map { apex in
        let key = TransactionKey(name: apex, algorithm: .hmacSHA256, secret: [1, 2, 3])
        return UpdateTransaction(
            .remove("proof"), at: apex, zone: apex, key: key, id: 1, time: 0)
    }
}
