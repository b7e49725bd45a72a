// SPDX-License-Identifier: Apache-2.0
import Networking
import Registry
import Synchronization

@testable import Management

/// The listener alone, with a dialect that says back what it has heard.
final class ListenerRig: Sendable {
    let loop: EventLoop
    let server: LoopBound<ManagementServer>
    let address: SocketAddress
    /// What requests to `/slow` wait for.
    let gate = DrainNotice()
    let heard = Heard()

    init(_ adapt: (inout ManagementServer.Configuration) -> Void = { _ in }) async throws {
        var configuration = ManagementServer.Configuration()
        adapt(&configuration)
        let loop = try EventLoop(name: "management")
        let server = LoopBound(
            ManagementServer(
                [heard, Echo(gate: gate)], configuration: configuration, on: loop), on: loop)
        self.loop = loop
        self.server = server
        address = try await loop.run {
            Result { try server.value.open(SocketAddress("127.0.0.1:0")!, tls: nil) }
        }.get()
    }

    deinit { loop.shutdown() }

    func wire() async throws -> Wire { try await Wire(to: address, on: loop) }

    func drain(patience: Duration) async -> Int {
        await loop.call { [server] in await server.value.drain(patience: patience) }
    }
}

/// Says back the body, whatever the method; requests to `/slow` wait for the gate. They are from the client
/// that the field `Client` names; those to `/open` are anybody's, and those to `/declined` nobody's.
private struct Echo: ManagementDialect {
    let gate: DrainNotice

    func claims(_ request: ManagementRequest) -> Bool { true }

    func admit(_ request: ManagementRequest) async -> Admission {
        switch request.segments {
        case ["open"]: return .stranger
        case ["declined"]: return .declined(.empty(401))
        default:
            return .client(
                ManagementClient(
                    applicationID: request.field("Client") ?? "app", account: "main",
                    scopes: []))
        }
    }

    func respond(to request: ManagementRequest) async -> ManagementResponse {
        if request.segments == ["slow"] { await gate.wait() }
        let status = request.segments == ["missing"] ? 404 : 200
        return ManagementResponse(status: status, body: request.body)
    }

    func respond(to fault: RequestFault, of request: ManagementRequest) -> ManagementResponse {
        ManagementResponse(status: fault.status, body: Array(fault.description.utf8))
    }
}

/// Claims nothing, and knows which requests are about to be answered.
final class Heard: ManagementDialect {
    private let paths = Mutex<[String]>([])

    func claims(_ request: ManagementRequest) -> Bool {
        paths.withLock { $0.append(request.path) }
        return false
    }

    func admit(_ request: ManagementRequest) async -> Admission { .stranger }

    func respond(to request: ManagementRequest) async -> ManagementResponse { .empty(500) }

    func respond(to fault: RequestFault, of request: ManagementRequest) -> ManagementResponse {
        .empty(500)
    }

    /// Returns when so many requests for this path have been read.
    func request(for path: String, times: Int = 1) async throws {
        for _ in 0..<30_000 {
            if paths.withLock({ $0.count { $0 == path } >= times }) { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        struct NeverRead: Error { let path: String }
        throw NeverRead(path: path)
    }
}
