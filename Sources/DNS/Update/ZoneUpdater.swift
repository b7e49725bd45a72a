// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Networking

/// Changes a zone at its primary server by signed updates (RFC 2136, RFC 8945), as bind9 and knot
/// take them.
///
/// Lives on a loop.
package actor ZoneUpdater: ChallengeZoneWriter {
    package struct Configuration: Sendable, Hashable {
        package var server: SocketAddress
        /// The zone as the server has it; challenges may be further below.
        package var zone: DNSName
        package var key: TransactionKey
        /// Seconds for which resolvers may keep a record. Default: 1.
        package var ttl: UInt32 = 1
        /// For one exchange with the server. Default: 10 s.
        package var timeout = Duration.seconds(10)
        /// How long the server may take to answer with what it has accepted. Default: 10 s.
        package var patience = Duration.seconds(10)
        /// Exchanges of one change, when the server could not be reached. Default: 3.
        package var triesMax = 3

        package init(server: SocketAddress, zone: DNSName, key: TransactionKey) {
            self.server = server
            self.zone = zone
            self.key = key
        }
    }

    package nonisolated let configuration: Configuration
    private nonisolated let loop: EventLoop
    private let resolver: Resolver

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe loop.serialExecutor.asUnownedSerialExecutor()
    }

    package init(_ configuration: Configuration, on loop: EventLoop) {
        self.configuration = configuration
        self.loop = loop
        resolver = Resolver(servers: [configuration.server], on: loop)
    }

    package func add(_ text: String, at owner: DNSName) async throws {
        try await change(.add(text, ttl: configuration.ttl), at: owner)
        do throws(UpdateError) {
            try await show(text, at: owner)
        } catch {
            await remove(text, at: owner)
            throw error
        }
    }

    /// A record that stays behind proves nothing: its challenge is over.
    package func remove(_ text: String, at owner: DNSName) async {
        try? await change(.remove(text), at: owner)
    }

    private func change(
        _ change: UpdateTransaction.Change, at owner: DNSName
    ) async throws(UpdateError) {
        var tries = 0
        while true {
            do throws(UpdateError) {
                return try await exchange(change, at: owner)
            } catch {
                tries += 1
                // To add a record twice, or to remove it twice, is to do it once.
                guard error.mayPass, tries < configuration.triesMax else { throw error }
                try? await loop.sleep(for: Self.pause)
            }
        }
    }

    private func exchange(
        _ change: UpdateTransaction.Change, at owner: DNSName
    ) async throws(UpdateError) {
        let transaction = UpdateTransaction(
            change, at: owner, zone: configuration.zone, key: configuration.key,
            id: .random(in: .min ... .max), time: Self.now)
        let deadline = Instant.now + configuration.timeout
        let response: [UInt8]?
        do throws(StreamError) {
            let socket = try await TCPSocket.connect(
                to: configuration.server, on: loop, timeout: configuration.timeout)
            defer { socket.close() }
            socket.deadline = deadline
            response = try await socket.exchange(transaction.bytes)
        } catch {
            throw UpdateError(error)
        }
        guard let response else {
            throw .unreachable("it closed the connection without an answer")
        }
        try transaction.judge(response, at: Self.now)
    }

    /// Waits until the server itself answers with the record.
    private func show(_ text: String, at owner: DNSName) async throws(UpdateError) {
        let deadline = Instant.now + configuration.patience
        let wanted = RecordData.txt([Array(text.utf8)])
        var pause = Self.pause
        while true {
            let answer = await resolver.resolve(owner, .txt, by: deadline)
            if answer.records.contains(where: { $0.data == wanted }) { return }
            guard Instant.now + pause < deadline, !Task.isCancelled else {
                throw .notVisible(owner)
            }
            try? await loop.sleep(for: pause)
            pause = min(pause * 2, .seconds(1))
        }
    }

    private static var now: UInt64 { UInt64(max(0, Date().timeIntervalSince1970)) }
    private static let pause = Duration.milliseconds(50)
}

extension UpdateError {
    /// Whether the next try may be luckier.
    fileprivate var mayPass: Bool {
        switch self {
        case .timedOut, .unreachable: true
        case .refused(let code): code == .serverFailure
        default: false
        }
    }

    fileprivate init(_ error: StreamError) {
        switch error {
        case .timedOut: self = .timedOut
        case .system(let error): self = .unreachable(error.reason)
        default: self = .unreachable("\(error)")
        }
    }
}
