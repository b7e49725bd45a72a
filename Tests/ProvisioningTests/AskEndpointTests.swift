// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Provisioning
import Synchronization
import TLS
import Testing

/// `on_demand.ask` against an application that answers what it is told.
@Suite struct AskEndpointTests {
    let loop: EventLoop
    let requests = Requests()

    final class Requests: Sendable {
        let heads = Mutex<[String]>([])
    }

    init() throws {
        loop = try EventLoop(name: "control")
    }

    struct NoLookup: HostLookup {
        func addresses(of host: String) async throws -> [IPAddress] {
            IPAddress(host).map { [$0] } ?? []
        }
    }

    /// Answers each connection's first request with `answer`; nil answers nothing.
    private func listen(_ answer: String?) async throws -> UInt16 {
        let requests = requests
        let address = try #require(SocketAddress("127.0.0.1:0"))
        return try await withCheckedThrowingContinuation { continuation in
            loop.execute { [loop] in
                continuation.resume(
                    with: Result {
                        let listener = try TCPListener(address: address, on: loop) { socket in
                            let socket = LoopBound(socket, on: loop)
                            loop.spawn {
                                await Self.serve(socket.value, answer, requests)
                            }
                        }
                        return listener.localAddress.port
                    })
            }
        }
    }

    private static func serve(
        _ socket: TCPSocket, _ answer: String?, _ requests: Requests
    ) async {
        var buffer = ByteBuffer()
        guard let count = try? await socket.receive(into: &buffer), count > 0 else { return }
        let head = buffer.withReadable { span in
            var text = ""
            for index in span.indices { text.unicodeScalars.append(Unicode.Scalar(span[index])) }
            return text
        }
        requests.heads.withLock { $0.append(head) }
        guard let answer else { return }
        var output = ByteBuffer()
        output.append(answer)
        try? await socket.send(&output)
        socket.close()
    }

    private func ask(
        _ port: UInt16, deadline: Duration = .seconds(10)
    ) async throws
        -> PermissionAnswer
    {
        let client = try HTTPClient(
            loop: loop, trustedRoots: .system, lookup: NoLookup(), userAgent: "test")
        let url = try #require(HTTPURL("http://127.0.0.1:\(port)/may?app=1"))
        let endpoint = AskEndpoint(url: url, client: client, deadline: deadline)
        return await withCheckedContinuation { continuation in
            loop.spawn {
                continuation.resume(returning: await endpoint.mayServe(name("a.example.com")))
            }
        }
    }

    private static func response(
        _ status: String, _ body: String = "", _ field: String = ""
    )
        -> String
    {
        "HTTP/1.1 \(status)\r\n\(field)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test(arguments: ["200 OK", "204 No Content", "299 Fine"])
    func `any 2xx allows, and the domain is in the query`(status: String) async throws {
        let port = try await listen(Self.response(status))
        #expect(try await ask(port) == .allowed)
        let head = requests.heads.withLock { $0.first ?? "" }
        #expect(head.hasPrefix("GET /may?app=1&domain=a.example.com HTTP/1.1\r\n"))
    }

    @Test(arguments: ["404 Not Found", "500 Oops", "302 Found", "301 Moved"])
    func `everything else denies, redirects are not followed`(status: String) async throws {
        let port = try await listen(
            Self.response(status, "who is\nthat?", "Location: http://127.0.0.1:1/\r\n"))
        guard case .denied(let why) = try await ask(port) else {
            Issue.record("not denied")
            return
        }
        #expect(why.hasSuffix("answered \(status.prefix(3)): who is that?"))
        #expect(requests.heads.withLock { $0.count } == 1)
    }

    @Test func `of a long denial the log gets 256 bytes`() async throws {
        let port = try await listen(
            Self.response("403 No", String(repeating: "x", count: 5000)))
        guard case .denied(let why) = try await ask(port) else {
            Issue.record("not denied")
            return
        }
        #expect(why.filter { $0 == "x" }.count == AskEndpoint.excerptBytesMax)
    }

    @Test func `no answer is no permission, and says so`() async throws {
        let silent = try await listen(nil)
        guard case .unanswered(let why) = try await ask(silent, deadline: .milliseconds(50)) else {
            Issue.record("answered")
            return
        }
        #expect(why.contains("127.0.0.1"))
    }
}
