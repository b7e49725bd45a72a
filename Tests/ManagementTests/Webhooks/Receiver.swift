// SPDX-License-Identifier: Apache-2.0
import Management
import Networking
import Synchronization

/// What a webhook leads to: a server on loopback that answers as it is told, and remembers what it got.
final class Receiver: ManagementDialect {
    typealias Behaviour = @Sendable (Received) async -> ManagementResponse

    struct Received: Sendable {
        /// Which request it is, from 1.
        let number: Int
        let path: String
        let body: [UInt8]
        let event: String
        let delivery: String
        let signature: String
    }

    private let behaviour: Mutex<Behaviour>
    private let got = Mutex<[Received]>([])
    private let arrivals = AsyncStream.makeStream(of: Void.self)

    init(_ behaviour: @escaping Behaviour = { _ in .empty(200) }) {
        self.behaviour = Mutex(behaviour)
    }

    var received: [Received] { got.withLock { $0 } }

    func behave(_ behaviour: @escaping Behaviour) {
        self.behaviour.withLock { $0 = behaviour }
    }

    /// Listens; answers the URL of the server, without a path.
    func open(on loop: EventLoop) async throws -> String {
        let server = LoopBound(ManagementServer([self], on: loop), on: loop)
        let address = try await loop.run {
            Result { () throws(SystemError) in
                try server.value.open(SocketAddress(ip: .v4(0x7f00_0001), port: 0), tls: nil)
            }
        }.get()
        return "http://127.0.0.1:\(address.port)"
    }

    /// Waits until something has come in.
    func arrival() async {
        for await _ in arrivals.stream { return }
    }

    func claims(_ request: ManagementRequest) -> Bool { true }

    func admit(_ request: ManagementRequest) async -> Admission {
        .client(ManagementClient(applicationID: "sender", account: "main", scopes: []))
    }

    func respond(to request: ManagementRequest) async -> ManagementResponse {
        let received = got.withLock { got in
            let received = Received(
                number: got.count + 1, path: request.path, body: request.body,
                event: request.field("Nameplate-Event") ?? "",
                delivery: request.field("Nameplate-Delivery") ?? "",
                signature: request.field("Nameplate-Signature") ?? "")
            got.append(received)
            return received
        }
        arrivals.continuation.yield()
        return await behaviour.withLock { $0 }(received)
    }

    func respond(to fault: RequestFault, of request: ManagementRequest) -> ManagementResponse {
        .empty(fault.status)
    }
}
