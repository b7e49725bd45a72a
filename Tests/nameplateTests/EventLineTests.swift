// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Networking
import Provisioning
import Registry
import Synchronization
import TLS
import Testing

@testable import Proxy
@testable import nameplate

/// What operators read: one line an event, with whose turn it is.
@Suite struct EventLineTests {
    /// The lines that `body` writes, without their times.
    private func lines(_ body: (Log) throws -> Void) async throws -> [String] {
        let sink = WrittenLines()
        let loop = try EventLoop(name: "log")
        defer { loop.shutdown() }
        let log = Log(.init(format: .text), on: loop) { sink.add($0) }
        try body(log)
        await log.flush()
        return sink.all.map { String($0.dropFirst("00:00:00.000 ".count)) }
    }

    @Test func `a request leaves a line with its id when the access log is on`() async throws {
        let record = try AccessRecord(
            client: #require(IPAddress("192.0.2.7")), host: "shop.example.com", method: "GET",
            target: "/a?b", status: 200, requestID: "0123456789abcdef", duration: .milliseconds(12))
        let written = try await lines { log in
            let traffic = TrafficLog(log, access: true)
            #expect(traffic.wantsAccessRecords)
            traffic.record(record)
            traffic.logAccess(false)
            #expect(!traffic.wantsAccessRecords)
        }
        #expect(
            written == [
                "info    request method=GET host=shop.example.com target=/a?b status=200 "
                    + "client=192.0.2.7 took=12.0ms request_id=0123456789abcdef"
            ])
    }

    @Test func `being out of descriptors is said once`() async throws {
        let written = try await lines { log in
            let traffic = TrafficLog(log, access: false)
            for _ in 0..<5 {
                traffic.acceptingPaused(SystemError(code: 24, operation: "accept"))
            }
        }
        #expect(written.count == 1)
        #expect(written[0].contains("Too many open files"))
    }

    @Test func `a provision tells its steps, a failure whose turn it is`() async throws {
        let name = try #require(ServerName("shop.example.com"))
        let later = Date(timeIntervalSince1970: 1_795_269_801)
        let written = try await lines { log in
            let events = ProvisioningLog(log: log)
            events.record(
                .refused(
                    name, .notEligible, why: "wrong_target: …", evidence: ["a", "b"], until: later))
            events.record(
                .failed(.exact(name), .validation, .domain, why: "403 no", until: later))
            events.record(.moved(.exact(name), why: "its CNAME leads elsewhere"))
            events.record(.overloaded(.flights(256), name))
        }
        #expect(
            written == [
                "warning domain refused name=shop.example.com reason=not-eligible "
                    + "why=\"wrong_target: …\" evidence=\"a; b\" until=2026-11-21T14:03:21.000Z",
                "error   no certificate: validation failed name=shop.example.com step=validation "
                    + "blame=domain why=\"403 no\" again=2026-11-21T14:03:21.000Z",
                "warning domain moved away; its certificate is not renewed name=shop.example.com "
                    + "why=\"its CNAME leads elsewhere\"",
                "warning handshake refused: a bound is reached "
                    + "bound=\"256 certificates are being obtained already\" name=shop.example.com",
            ])
    }
}

extension EventLineTests {
    @Test func `an issuance that failed says whose turn it is and when it is attempted again`()
        async throws
    {
        var issuance = Issuance(
            number: try #require(IssuanceNumber(7)), account: "main",
            certificate: try #require(CertificateNumber(5)),
            version: try #require(VersionNumber(8)), reason: .api, state: .authorizing,
            requestID: "r-1", at: Date(timeIntervalSince1970: 0))
        issuance.commonName = CertificateName("shop.example.com")
        issuance.failure = Issuance.Failure(
            code: "unavailable", detail: "the CA is down", blame: "issuer")
        var waiting = issuance
        waiting.attempts = .init(since: Date(timeIntervalSince1970: 0))
        waiting.attempts?.next = Date(timeIntervalSince1970: 1_795_269_801)
        let written = try await lines { [issuance, waiting] log in
            let events = ProvisioningLog(log: log)
            events.record(.issuanceFailed(waiting))
            events.record(.issuanceFailed(issuance))
            events.record(.choreFailed(doing: "doing what is due", why: "no space"))
            events.record(.eventsLeftOut(3))
        }
        let facts =
            "issuance failed name=shop.example.com issuance=iss_7 code=unavailable "
            + "blame=issuer why=\"the CA is down\""
        #expect(
            written == [
                "warning \(facts) again=2026-11-21T14:03:21.000Z request_id=r-1",
                "error   \(facts) request_id=r-1",
                "error   could not be done, and is tried again doing=\"doing what is due\" "
                    + "why=\"no space\"",
                "warning events found no room in the registry count=3",
            ])
    }
}

/// Collects what a log writes.
final class WrittenLines: Sendable {
    private let stored = Mutex<[String]>([])
    var all: [String] { stored.withLock { $0 } }
    func add(_ line: String) { stored.withLock { $0.append(line) } }
}
