// SPDX-License-Identifier: Apache-2.0
import COpenSSL

/// The BIO through which libssl reaches a connection's transport.
enum TransportBIO {
    /// Makes `connection` read and write through its transport. The BIO keeps an unowned pointer: a
    /// connection frees libssl's half, and the BIO with it, before it is gone.
    static func attach(to connection: TLSConnection) throws(TLSError) {
        let bio = try made("BIO_new", method.flatMap { BIO_new($0) })
        BIO_set_data(bio, Unmanaged.passUnretained(connection).toOpaque())
        BIO_set_init(bio, 1)
        SSL_set_bio(connection.handle, bio, bio)
    }

    /// Made once and never changed.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        let kind = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
        guard let method = BIO_meth_new(kind, "connection") else { return nil }
        BIO_meth_set_read_ex(method, readRecord)
        BIO_meth_set_write_ex(method, writeRecord)
        BIO_meth_set_ctrl(method) { bio, command, _, _ in
            guard command == BIO_CTRL_FLUSH else { return 0 }
            if let connection = connection(of: bio), connection.flightsHeld > 0 {
                connection.flightsHeld -= 1
            }
            return 1
        }
        return method
    }()
}

private func readRecord(
    _ bio: OpaquePointer?, _ room: UnsafeMutablePointer<CChar>?, _ count: Int,
    _ done: UnsafeMutablePointer<Int>?
) -> CInt {
    guard let connection = connection(of: bio) else { return 0 }
    BIO_clear_flags(bio, retryFlags)
    switch connection.transport.read(into: .init(start: room, count: count)) {
    case .bytes(let got):
        done?.pointee = got
        connection.isDrained = got < count
        return 1
    case .wouldBlock: BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
    case .ended: connection.transportEnd = .ended
    case .failed(let code): connection.transportEnd = .failed(code)
    }
    return 0
}

private func writeRecord(
    _ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: Int,
    _ done: UnsafeMutablePointer<Int>?
) -> CInt {
    guard let connection = connection(of: bio) else { return 0 }
    BIO_clear_flags(bio, retryFlags)
    let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
    let moreFollows = connection.moreFollows || connection.flightsHeld > 0
    switch connection.transport.write(bytes, moreFollows: moreFollows) {
    case .bytes(let count):
        done?.pointee = count
        return 1
    case .wouldBlock: BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
    case .ended: connection.transportEnd = .ended
    case .failed(let code): connection.transportEnd = .failed(code)
    }
    return 0
}

private func connection(of bio: OpaquePointer?) -> TLSConnection? {
    BIO_get_data(bio).map { Unmanaged<TLSConnection>.fromOpaque($0).takeUnretainedValue() }
}

private let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY
