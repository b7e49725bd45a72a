// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Ports of the loopback that nobody listens on.
package enum Ports {
    /// A port free for TCP and UDP on 127.0.0.1, another one each time.
    ///
    /// It lies below the kernel's range for outgoing connections, so that none of those takes it
    /// between this call and the server's own `bind`. Drawn at random each time, two of the
    /// hundred that wait for their servers would soon be the same.
    package static func free() -> UInt16 {
        while true {
            let port = last.withLock { last in
                last = last < range.upperBound ? last + 1 : range.lowerBound
                return last
            }
            if isFree(port, SOCK_STREAM), isFree(port, SOCK_DGRAM) { return port }
        }
    }

    private static let range: ClosedRange<UInt16> = 10_000...31_999
    /// Where one test process begins is no other's business.
    private static let last = Mutex(UInt16.random(in: range))

    /// Whether something accepts connections at that port.
    package static func isListening(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return withLoopback(port) { connect(descriptor, $0, $1) } == 0
    }

    private static func isFree(_ port: UInt16, _ type: __socket_type) -> Bool {
        let descriptor = socket(AF_INET, CInt(type.rawValue), 0)
        defer { close(descriptor) }
        var one: CInt = 1
        if type == SOCK_STREAM {
            setsockopt(
                descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
        }
        return withLoopback(port) { bind(descriptor, $0, $1) } == 0
    }

    private static func withLoopback(
        _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) -> CInt {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
