// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

/// Why an accepted connection did not come to its first request.
package enum AcceptError: Error, CustomStringConvertible {
    /// The socket, or the handshake.
    case transport(TransportError)
    /// A proxy that should have begun with a PROXY header did not.
    case proxyHeader(ProxyHeaderError)

    package var description: String {
        switch self {
        case .transport(let error): error.description
        case .proxyHeader(let error): error.description
        }
    }
}

extension Transport {
    /// Reads the PROXY header that the peer begins with, before the handshake and before everything
    /// else; from then on `client` is whom it names. The deadline holds.
    ///
    /// Not a byte behind it is read: what follows is libssl's, which reads the socket itself.
    package func receiveProxyHeader() async throws(AcceptError) {
        var buffer = ByteBuffer()
        var seen = 0
        while true {
            guard let count = try peek(into: &buffer) else { throw ended(after: seen) }
            if count > seen, let (header, length) = try parse(&buffer) {
                try drop(length, &buffer)
                if let addresses = header.addresses { name(addresses) }
                return
            }
            // When the peer has ended there is no further edge to wait for, and `mayRead` stays.
            socket.readDrained()
            if socket.mayRead, count == seen { throw ended(after: seen) }
            seen = count
            do { try await waitReadable() } catch { throw .transport(error) }
        }
    }

    private func name(_ addresses: ProxyHeader.Addresses) {
        proxied = addresses
        tls?.source = addresses.source.ipBytes
    }

    /// A connection that ends without a byte is somebody's look whether we are there.
    private func ended(after seen: Int) -> AcceptError {
        seen == 0 ? .transport(.stream(.closed)) : .proxyHeader(.absent)
    }

    /// How many bytes are there, which `buffer` then has a copy of; nil when the peer has ended.
    private func peek(into buffer: inout ByteBuffer) throws(AcceptError) -> Int? {
        buffer.clear()
        do {
            switch try socket.peekNow(into: &buffer, max: ProxyHeader.binaryBytesMax) {
            case .bytes(let count): return count
            case .blocked: return 0
            case .end: return nil
            }
        } catch { throw .transport(.stream(error)) }
    }

    private func parse(
        _ buffer: inout ByteBuffer
    ) throws(AcceptError) -> (ProxyHeader, length: Int)? {
        do {
            let progress = try buffer.withReadable { (bytes) throws(ProxyHeaderError) in
                try ProxyHeader.parse(bytes)
            }
            guard case .complete(let header, let length) = progress else { return nil }
            return (header, length)
        } catch { throw .proxyHeader(error) }
    }

    /// Takes bytes that were looked at: they are there.
    private func drop(_ count: Int, _ buffer: inout ByteBuffer) throws(AcceptError) {
        var left = count
        while left > 0 {
            buffer.clear()
            do throws(StreamError) {
                guard case .bytes(let taken) = try socket.readNow(into: &buffer, max: left) else {
                    throw .closed
                }
                left -= taken
            } catch { throw .transport(.stream(error)) }
        }
    }
}
