// SPDX-License-Identifier: Apache-2.0
import COpenSSL
import Glibc

/// Where a connection's records come from and go to.
enum Transport {
    /// A non-blocking socket; its owner closes it.
    case descriptor(CInt)
    case memory(MemoryTransport)
}

/// Both directions of a connection that has no socket.
final class MemoryTransport {
    var incoming: [UInt8] = []
    var outgoing: [UInt8] = []
    /// Nothing comes after what is in `incoming`.
    var isEnded = false
}

extension Transport {
    /// What reading or writing came to.
    enum Outcome {
        case bytes(Int)
        case wouldBlock
        case ended
        case failed(CInt)
    }

    func read(into room: UnsafeMutableRawBufferPointer) -> Outcome {
        switch self {
        case .descriptor(let descriptor):
            return Self.outcome { recv(descriptor, room.baseAddress, room.count, 0) }
        case .memory(let memory):
            let bytes = memory.incoming.prefix(room.count)
            guard !bytes.isEmpty else { return memory.isEnded ? .ended : .wouldBlock }
            room.copyBytes(from: bytes)
            memory.incoming.removeFirst(bytes.count)
            return .bytes(bytes.count)
        }
    }

    /// When more follows, the kernel may keep a segment that is not full until then.
    func write(_ bytes: UnsafeRawBufferPointer, moreFollows: Bool) -> Outcome {
        switch self {
        case .descriptor(let descriptor):
            // OpenSSL's own socket BIO would write(2), and a peer that is gone would send SIGPIPE.
            let flags = CInt(MSG_NOSIGNAL) | (moreFollows ? CInt(MSG_MORE) : 0)
            return Self.outcome { send(descriptor, bytes.baseAddress, bytes.count, flags) }
        case .memory(let memory):
            memory.outgoing += bytes
            return .bytes(bytes.count)
        }
    }

    private static func outcome(of call: () -> Int) -> Outcome {
        while true {
            let count = call()
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: return .failed(code)
            }
        }
    }
}
