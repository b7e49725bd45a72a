// SPDX-License-Identifier: Apache-2.0
package import Networking

/// Serves the challenge zone over UDP and TCP.
///
/// Lives on a loop.
package actor ChallengeZoneServer: ChallengeZoneWriter {
    private nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    /// Where it answers, with the ports that the kernel chose where 0 was asked for.
    package nonisolated let addresses: [SocketAddress]
    private nonisolated let desk: LoopBound<Desk>

    /// What the responders share.
    private final class Desk {
        var zone: ChallengeZone
        var rate: ResponseRate
        var responders: [Responder] = []

        init(_ zone: ChallengeZone, at now: Instant) {
            self.zone = zone
            rate = ResponseRate(at: now)
        }

        func answer(
            _ bytes: [UInt8], over transport: DNSTransport, to source: SocketAddress,
            at now: Instant
        ) -> [UInt8]? {
            guard transport == .udp else { return zone.answer(to: bytes, over: .tcp) }
            switch rate.verdict(on: source.ip, at: now) {
            case .answer: return zone.answer(to: bytes, over: .udp)
            case .truncate: return Self.truncated(bytes)
            case .drop: return nil
            }
        }

        /// No larger than the query.
        private static func truncated(_ bytes: [UInt8]) -> [UInt8]? {
            guard let opening = try? MessageOpening(bytes), !opening.header.isResponse,
                opening.questions.count == 1
            else { return nil }
            return Message(
                MessageHeader(
                    id: opening.header.id, isResponse: true, opcode: opening.header.opcode,
                    isTruncated: true, recursionDesired: opening.header.recursionDesired),
                questions: opening.questions
            ).bytes
        }
    }

    private init(_ desk: LoopBound<Desk>, at addresses: [SocketAddress], on loop: EventLoop) {
        self.desk = desk
        self.addresses = addresses
        self.loop = loop
    }

    /// Begins to answer at all of `addresses`, or at none. From any task.
    package static func start(
        _ zone: ChallengeZone, at addresses: [SocketAddress], on loop: EventLoop
    ) async throws(SystemError) -> ChallengeZoneServer {
        let desk = await loop.run { LoopBound(Desk(zone, at: .now), on: loop) }
        let started = await loop.run {
            Result { () throws(SystemError) in
                do throws(SystemError) {
                    for address in addresses {
                        let responder = try Responder(at: address, on: loop) {
                            bytes, transport, source in
                            let answer = desk.value.answer(
                                bytes, over: transport, to: source, at: .now)
                            return answer.map { [$0] } ?? []
                        }
                        desk.value.responders.append(responder)
                    }
                } catch {
                    for responder in desk.value.responders { responder.close() }
                    throw error
                }
                return desk.value.responders.map(\.address)
            }
        }
        return ChallengeZoneServer(desk, at: try started.get(), on: loop)
    }

    package func add(_ text: String, at owner: DNSName) throws {
        try desk.value.zone.add(text, at: owner)
    }

    package func remove(_ text: String, at owner: DNSName) {
        desk.value.zone.remove(text, at: owner)
    }

    /// Stops answering.
    package func stop() {
        for responder in desk.value.responders { responder.close() }
        desk.value.responders = []
    }
}
