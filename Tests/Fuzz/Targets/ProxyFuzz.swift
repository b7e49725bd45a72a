// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

/// Headers of the PROXY protocol, of either version.
enum ProxyFuzz {
    private enum Verdict: Equatable {
        case incomplete
        case complete(ProxyHeader, consumed: Int)
        case fails(ProxyHeaderError)
    }

    static func run(_ input: [UInt8]) {
        let whole = read(input.span)
        for count in 0..<min(input.count, ProxyHeader.binaryBytesMax) {
            let early = read(input.span.extracting(0..<count))
            precondition(early == .incomplete || early == whole, "more bytes change the verdict")
        }
        guard case .complete(let header, let consumed) = whole else { return }
        precondition(consumed <= input.count)
        for version in ProxyHeader.Version.allCases {
            var written = ByteBuffer()
            header.append(version, to: &written)
            let count = written.readableCount
            let again = written.withReadable { read($0) }
            guard case .complete(let reread, count) = again else {
                preconditionFailure("a header that was read cannot be written")
            }
            precondition((reread.addresses == nil) == (header.addresses == nil))
            guard let old = header.addresses, let new = reread.addresses else { continue }
            precondition(old.source.port == new.source.port)
            precondition(old.destination.port == new.destination.port)
        }
    }

    private static func read(_ bytes: Span<UInt8>) -> Verdict {
        do throws(ProxyHeaderError) {
            switch try ProxyHeader.parse(bytes) {
            case .incomplete: return .incomplete
            case .complete(let header, let consumed):
                return .complete(header, consumed: consumed)
            }
        } catch {
            return .fails(error)
        }
    }
}
