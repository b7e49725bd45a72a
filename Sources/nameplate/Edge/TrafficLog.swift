// SPDX-License-Identifier: Apache-2.0
import Synchronization

import HTTP
import Networking
import Proxy
import TLS

/// Turns what happens on data loops into log lines. Called on any of them; never blocks.
final class TrafficLog: ProxyObserver {
    private let log: Log
    private let access: Atomic<Bool>
    /// Loops find out of descriptors ten times a second; the operator needs to hear it less often.
    private let pauseReports = ReportPace(interval: .seconds(10))
    /// A proxy may open many connections a second.
    private let headerReports = ReportPace(interval: .seconds(10))
    private let headersRefused = Atomic<Int>(0)

    init(_ log: Log, access: Bool) {
        self.log = log
        self.access = Atomic(access)
    }

    /// Switches the access log on or off.
    func logAccess(_ wanted: Bool) {
        access.store(wanted, ordering: .relaxed)
    }

    // MARK: ProxyObserver

    var wantsAccessRecords: Bool { access.load(ordering: .relaxed) }

    func record(_ record: AccessRecord) {
        log.info(
            "request",
            [
                "method": .text(record.method), "host": .text(record.host),
                "target": .text(record.target), "status": .number(record.status),
                "client": .text("\(record.client)"), "took": .duration(record.duration),
                "request_id": .text(record.requestID),
            ])
    }

    func note(_ event: ProxyEvent) {
        switch event {
        case .originFailed(let requestID, let host, let reason):
            log.warning(
                "the application did not answer",
                [
                    "host": .text(host), "reason": .text(reason),
                    "request_id": .text(requestID),
                ])
        case .originPutAside(let origin, let time, let reason):
            log.warning(
                "an origin is put aside",
                ["origin": .text(origin), "for": .duration(time), "reason": .text(reason)])
        case .originCameBack(let origin):
            log.info("an origin is back", ["origin": .text(origin)])
        case .protocolFault(let client, let reason, let endsConnection):
            log.info(
                endsConnection ? "an HTTP/2 connection broke the rules" : "malformed request",
                ["client": .text("\(client)"), "reason": .text(reason)])
        case .malformedRequest(let client, let reason, let status):
            log.info(
                "malformed request",
                [
                    "client": .text("\(client)"), "reason": .text(reason),
                    "status": .number(status),
                ])
        }
    }

    // MARK: Listeners

    /// Strangers' failures are many and mean little; what was refused is reported by name.
    func handshakeFailed(client: SocketAddress, _ error: AcceptError) {
        if case .proxyHeader(let error) = error { return headerRefused(client, error) }
        log.debug(
            "handshake failed", ["client": .text("\(client)"), "reason": .text("\(error)")])
    }

    /// A proxy of the operator's own that is set up wrong fails all of its clients: said aloud, but
    /// not for each of them.
    private func headerRefused(_ proxy: SocketAddress, _ error: ProxyHeaderError) {
        let refused = headersRefused.add(1, ordering: .relaxed).newValue
        guard headerReports.isDue() else { return }
        log.warning(
            "a proxy's connection was closed; does it send the PROXY protocol?",
            [
                "proxy": .text("\(proxy)"), "reason": .text("\(error)"),
                "since_start": .number(refused),
            ])
    }

    func acceptingPaused(_ error: SystemError) {
        guard pauseReports.isDue() else { return }
        log.warning(
            "no connections are accepted for a moment; are more descriptors allowed?",
            ["reason": .text("\(error)")])
    }
}
