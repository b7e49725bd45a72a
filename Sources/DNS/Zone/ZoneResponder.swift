// SPDX-License-Identifier: Apache-2.0
package import Networking
import Synchronization

/// Serves a zone that may change while it is served: the demo's own DNS.
package final class ZoneResponder: Sendable {
    /// Where it answers over UDP and TCP.
    package let address: SocketAddress
    private let zone: SharedZone
    private let responder: LoopBound<Responder>

    private init(_ responder: LoopBound<Responder>, at address: SocketAddress, _ zone: SharedZone) {
        self.responder = responder
        self.address = address
        self.zone = zone
    }

    /// Begins to answer at `address`; port 0 lets the kernel choose. From any task.
    package static func start(
        _ zone: Zone, at address: SocketAddress, on loop: EventLoop
    ) async throws(SystemError) -> ZoneResponder {
        let shared = SharedZone(zone)
        let started = await loop.run {
            Result { () throws(SystemError) in
                let responder = try Responder(at: address, on: loop, answer: shared.answer)
                return (LoopBound(responder, on: loop), responder.address)
            }
        }
        let (responder, bound) = try started.get()
        return ZoneResponder(responder, at: bound, shared)
    }

    /// Changes the zone; the next query sees it. From any thread.
    package func update(_ body: (inout Zone) -> Void) {
        zone.value.withLock { body(&$0) }
    }

    /// Stops answering. From any task.
    package func stop() async {
        let responder = responder
        await responder.loop.run { responder.value.close() }
    }
}

/// A zone under a lock: changed by whoever runs the demo, read on the responder's loop.
private final class SharedZone: Sendable {
    let value: Mutex<Zone>

    init(_ zone: Zone) {
        value = Mutex(zone)
    }

    func answer(
        _ bytes: [UInt8], over transport: DNSTransport, to source: SocketAddress
    ) -> [[UInt8]] {
        guard let query = try? Message(bytes), !query.header.isResponse else { return [] }
        var response = value.withLock { $0.answer(to: query) }
        let limit =
            transport == .tcp ? Message.maxLength : Int(max(512, query.edns?.payloadSize ?? 0))
        if response.bytes.count > limit {
            response.header.isTruncated = true
            response.answers = []
            response.authorities = []
        }
        return [response.bytes]
    }
}
