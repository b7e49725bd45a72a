// SPDX-License-Identifier: Apache-2.0

// A connection without a socket: the caller carries the records. For tests and measurements.
extension TLSConnection {
    /// As a server.
    package convenience init(
        serverInMemory server: ServerContext, source: [UInt8] = []
    ) throws(TLSError) {
        try self.init(server: server, transport: .memory(MemoryTransport()), source: source)
    }

    /// As a client of `serverName`, a host name or an IP address.
    package convenience init(
        clientInMemory client: ClientContext, serverName: String
    ) throws(TLSError) {
        try self.init(
            client: client, transport: .memory(MemoryTransport()), serverName: serverName)
    }

    /// Hands over what the peer sent.
    package func receive(_ records: some Sequence<UInt8>) {
        memory.incoming += records
    }

    /// The peer sends nothing more.
    package func receiveEnd() {
        memory.isEnded = true
    }

    /// Takes what the peer is to be sent.
    package func takeOutgoing() -> [UInt8] {
        defer { memory.outgoing = [] }
        return memory.outgoing
    }

    private var memory: MemoryTransport {
        guard case .memory(let memory) = transport else {
            preconditionFailure("this connection has a socket")
        }
        return memory
    }
}
