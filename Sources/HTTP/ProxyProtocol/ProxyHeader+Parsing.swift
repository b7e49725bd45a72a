// SPDX-License-Identifier: Apache-2.0
import Networking

extension ProxyHeader {
    package enum Progress: Equatable, Sendable {
        /// A header may be beginning; more bytes are needed.
        case incomplete
        /// A whole header, of so many bytes. What follows belongs to the connection.
        case complete(ProxyHeader, consumed: Int)
    }

    /// Reads the header of either version that `bytes` begin with.
    ///
    /// Bytes that cannot become one are refused as soon as that shows.
    package static func parse(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> Progress {
        if bytes.agrees(with: word.span) { return try parseLine(bytes) }
        guard bytes.agrees(with: signature.span) else { throw .absent }
        return try parseBinary(bytes)
    }

    // MARK: Version 1

    private static func parseLine(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> Progress {
        let searched = min(bytes.count, lineBytesMax)
        guard let end = bytes.firstLineEnd(before: searched) else {
            guard searched < lineBytesMax else { throw .lineTooLong }
            return .incomplete
        }
        var line: [UInt8] = []
        for index in word.count..<end { line.append(bytes[index]) }
        return .complete(ProxyHeader(try addresses(line)), consumed: end + 2)
    }

    /// Reads `TCP4 192.0.2.1 198.51.100.1 56324 443`.
    private static func addresses(_ line: [UInt8]) throws(ProxyHeaderError) -> Addresses? {
        let words = line.split(separator: .space, omittingEmptySubsequences: false)
        let isV4: Bool
        switch words.first?.text {
        case "TCP4": isV4 = true
        case "TCP6": isV4 = false
        // §2.1: whatever else stands in the line is ignored then.
        case "UNKNOWN": return nil
        default: throw .unknownProtocol
        }
        guard words.count == 5, let source = words[1].address(isV4: isV4),
            let destination = words[2].address(isV4: isV4), let sourcePort = words[3].port,
            let destinationPort = words[4].port
        else { throw .malformedLine }
        return Addresses(
            source: SocketAddress(ip: source.unmapped, port: sourcePort),
            destination: SocketAddress(ip: destination.unmapped, port: destinationPort))
    }

    // MARK: Version 2

    private static func parseBinary(_ bytes: Span<UInt8>) throws(ProxyHeaderError) -> Progress {
        guard bytes.count >= fixedBytes else { return .incomplete }
        guard bytes[12] >> 4 == binaryVersion else { throw .unknownVersion }
        guard let command = Command(rawValue: bytes[12] & 15) else { throw .unknownCommand }
        let length = fixedBytes + Int(bytes.bigEndian(UInt16.self, at: 14))
        guard length <= binaryBytesMax else { throw .tooLong }
        var addresses: Addresses?
        // §2.2: what stands behind LOCAL is skipped, its family too.
        if command == .proxy {
            guard let family = Family(rawValue: bytes[13]) else { throw .unknownFamily }
            guard length >= fixedBytes + family.addressBytes else { throw .addressesCutShort }
            guard bytes.count >= length else { return .incomplete }
            addresses = Addresses(family, in: bytes)
        }
        guard bytes.count >= length else { return .incomplete }
        return .complete(ProxyHeader(addresses), consumed: length)
    }

    /// Signature, version and command, family, length.
    fileprivate static let fixedBytes = 16
}

extension ProxyHeader.Addresses {
    /// Reads them behind the fixed part of a whole header; nil for a family that does not count.
    fileprivate init?(_ family: ProxyHeader.Family, in bytes: Span<UInt8>) {
        let start = ProxyHeader.fixedBytes
        let source: IPAddress
        let destination: IPAddress
        switch family {
        case .tcp4:
            source = .v4(bytes.bigEndian(at: start))
            destination = .v4(bytes.bigEndian(at: start + 4))
        case .tcp6:
            source = .v6(bytes.bigEndian(at: start), bytes.bigEndian(at: start + 8))
            destination = .v6(bytes.bigEndian(at: start + 16), bytes.bigEndian(at: start + 24))
        case .unspecified, .udp4, .udp6, .unixStream, .unixDatagram: return nil
        }
        let ports = start + family.addressBytes - 4
        self.init(
            source: SocketAddress(ip: source.unmapped, port: bytes.bigEndian(at: ports)),
            destination: SocketAddress(
                ip: destination.unmapped, port: bytes.bigEndian(at: ports + 2)))
    }
}

/// A word of a line.
extension ArraySlice<UInt8> {
    fileprivate var text: String { String(decoding: self, as: UTF8.self) }

    fileprivate func address(isV4: Bool) -> IPAddress? {
        guard let ip = IPAddress(ascii: self) else { return nil }
        return switch ip {
        case .v4: isV4 ? ip : nil
        case .v6: isV4 ? nil : ip
        }
    }

    /// Decimal, without a sign or leading zeros.
    fileprivate var port: UInt16? {
        guard allSatisfy({ (0x30...0x39).contains($0) }), count == 1 || first != 0x30 else {
            return nil
        }
        return UInt16(text)
    }
}

extension Span<UInt8> {
    /// Whether these bytes and `other` are the same as far as both go.
    fileprivate func agrees(with other: Span<UInt8>) -> Bool {
        for index in 0..<Swift.min(count, other.count) where self[index] != other[index] {
            return false
        }
        return true
    }

    /// Where the first CRLF begins, all of which lies before `bound`.
    fileprivate func firstLineEnd(before bound: Int) -> Int? {
        var index = 0
        while index + 1 < bound {
            if self[index] == .carriageReturn, self[index + 1] == .lineFeed { return index }
            index += 1
        }
        return nil
    }

    /// The number whose bytes begin at `start`, most significant first; they must be there.
    fileprivate func bigEndian<Number: FixedWidthInteger>(
        _ type: Number.Type = Number.self, at start: Int
    ) -> Number {
        var number: Number = 0
        for index in start..<start + Number.bitWidth / 8 {
            number = number << 8 | Number(truncatingIfNeeded: self[index])
        }
        return number
    }
}
