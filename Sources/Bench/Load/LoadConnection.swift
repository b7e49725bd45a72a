// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import TLS

/// One connection of a load, from connecting to its end.
final class LoadConnection {
    let name: String
    let tls: TLSConnection
    private let offered: TLSSession?
    private let channel: Channel
    private let patience: Duration
    private let hostField: String

    private var parser = ResponseParser()
    private var head = ResponseHead()

    /// Connects and makes the handshake.
    ///
    /// An empty `name` sends no SNI, and the target in `Host`.
    static func open(
        to target: SocketAddress, name: String, offering session: TLSSession?,
        context: MeasuringContext, patience: Duration, on loop: EventLoop
    ) async throws(LoadFailure) -> LoadConnection {
        let socket: TCPSocket
        do {
            socket = try await .connect(to: target, on: loop, timeout: patience)
        } catch {
            throw LoadFailure(connecting: error)
        }
        let connection: LoadConnection
        do {
            connection = try LoadConnection(
                socket, name: name, offering: session, context, patience)
        } catch {
            socket.reset()
            throw .ours(error.description)
        }
        try await connection.handshake()
        return connection
    }

    private init(
        _ socket: TCPSocket, name: String, offering session: TLSSession?,
        _ context: MeasuringContext, _ patience: Duration
    ) throws(TLSError) {
        self.name = name
        self.patience = patience
        offered = session
        hostField = name.isEmpty ? socket.remoteAddress.description : name
        tls = try TLSConnection(
            measuring: context, descriptor: socket.descriptor, serverName: name, offering: session)
        tls.keepBuffers()
        channel = Channel(Transport(socket, tls: tls))
    }

    private func handshake() async throws(LoadFailure) {
        channel.allow(patience)
        do {
            try await channel.transport.handshake()
        } catch {
            abort()
            throw LoadFailure(error, beforeServerHello: !tls.heardServerHello)
        }
    }

    /// What a later connection can resume, as far as it has been read.
    var session: TLSSession? { tls.resumableSession(offered: offered) }

    /// Waits for a session that a later connection can resume; false when none comes in a second.
    ///
    /// In TLS 1.3 that is a ticket, which a server need not send to a client that is about to leave.
    func awaitSession() async throws(LoadFailure) -> Bool {
        channel.transport.deadline = channel.loop.now + Self.farewellPatience
        do throws(TransportError) {
            // libssl takes a ticket in without answering a byte.
            while true {
                let count = try channel.transport.readNow(into: &channel.input)
                if session != nil { break }
                if count == 0 { return false }
                if count == nil { try await channel.transport.waitReadable() }
            }
            return true
        } catch {
            guard error.isTimeout else {
                abort()
                throw LoadFailure(error)
            }
            return false
        }
    }

    /// Says goodbye and waits for the server's, so that its part of the handshake is known to be over
    /// and its tickets have been read.
    ///
    /// In TLS 1.3 the client is done first; the server's work on the client's Finished and on
    /// tickets is part of what a load measures. The close_notify goes out right behind the handshake,
    /// and a server answers it by closing: then no TIME_WAIT is left on our side, where ports would
    /// run out, and the reset that ends our half leaves none on the server's. One that waits for a FIN
    /// gets it after `farewellPatience`.
    func end() async throws(LoadFailure) {
        defer { abort() }
        tls.close()
        let limit = channel.loop.now + patience
        channel.transport.deadline = min(limit, channel.loop.now + Self.farewellPatience)
        do {
            try await readToEnd()
            return
        } catch  where !error.isTimeout {
            throw LoadFailure(error)
        } catch {}
        channel.transport.endWriting()
        channel.transport.deadline = limit
        do { try await readToEnd() } catch { throw LoadFailure(error) }
    }

    private func readToEnd() async throws(TransportError) {
        while try await channel.fill() > 0 { channel.input.clear() }
    }

    /// Closes at once, with a reset.
    func abort() {
        channel.transport.abort()
    }

    /// How long a server may leave a close_notify unanswered before it gets a FIN.
    private static let farewellPatience = Duration.seconds(1)
}

// Requests.
extension LoadConnection {
    /// What came of a request.
    struct Answer {
        /// Bytes of content.
        var contentBytes = 0
        /// Whether the connection can carry another request.
        var keepsAlive: Bool
    }

    /// Whether nothing of an answer has come: the server may have closed before it saw the request.
    var isUnanswered: Bool { !parser.hasBegun && channel.input.isEmpty }

    /// Sends a GET and reads its whole answer; a status of 400 or more is a failure.
    func get(_ path: String) async throws(LoadFailure) -> Answer {
        channel.output.append("GET ")
        channel.output.append(path)
        channel.output.append(" HTTP/1.1\r\nHost: ")
        channel.output.append(hostField)
        channel.output.append("\r\nUser-Agent: nameplate-bench\r\nAccept: */*\r\n\r\n")
        channel.allow(patience)
        do { try await channel.flush() } catch { throw LoadFailure(error) }
        repeat { try await readHead() } while head.isInterim
        let contentBytes = try await readContent()
        guard head.status < 400 else { throw .status(head.status) }
        return Answer(contentBytes: contentBytes, keepsAlive: head.keepsAlive)
    }

    private func readHead() async throws(LoadFailure) {
        while true {
            var progress = ParseProgress.needMore
            do throws(HTTP1Error) {
                try channel.input.withReadable { (bytes) throws(HTTP1Error) in
                    progress = try parser.parse(bytes, answering: .get, into: &head)
                }
            } catch {
                throw .brokenHTTP(error)
            }
            if case .complete(let consumed) = progress {
                channel.input.consume(consumed)
                return
            }
            guard try await fill() else { throw .closedEarly }
        }
    }

    /// Reads the content without keeping it; answers how much there was.
    private func readContent() async throws(LoadFailure) -> Int {
        var decoder = BodyDecoder(head.framing)
        var count = 0
        while !decoder.isComplete {
            var part = BodyPart.needMore(consumed: 0)
            do throws(HTTP1Error) {
                try channel.input.withReadable { (bytes) throws(HTTP1Error) in
                    part = try decoder.decode(bytes)
                }
            } catch {
                throw .brokenHTTP(error)
            }
            switch part {
            case .content(let range):
                count += range.count
                channel.input.consume(range.upperBound)
            case .end(let consumed):
                channel.input.consume(consumed)
            case .needMore(let consumed):
                channel.input.consume(consumed)
                if try await !fill() {
                    do throws(HTTP1Error) { try decoder.receivedEnd() } catch { throw .closedEarly }
                }
            }
        }
        return count
    }

    /// Reads more; false when the server has ended. What keeps coming may take as long as it does.
    private func fill() async throws(LoadFailure) -> Bool {
        channel.allow(patience)
        do { return try await channel.fill() > 0 } catch { throw LoadFailure(error) }
    }
}
