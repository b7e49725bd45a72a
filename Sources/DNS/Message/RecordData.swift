// SPDX-License-Identifier: Apache-2.0
package import Networking

/// The data of a record, in the form of its type.
package enum RecordData: Hashable, Sendable {
    /// A or AAAA, as the address is IPv4 or IPv6.
    case address(IPAddress)
    case caa(CertificationAuthorityAuthorization)
    case cname(DNSName)
    case dname(DNSName)
    case ns(DNSName)
    case soa(StartOfAuthority)
    case txt([[UInt8]])
    /// A type, or a class, that has no form here.
    case opaque(RecordType, [UInt8])

    package var type: RecordType {
        switch self {
        case .address(.v4): .a
        case .address(.v6): .aaaa
        case .caa: .caa
        case .cname: .cname
        case .dname: .dname
        case .ns: .ns
        case .soa: .soa
        case .txt: .txt
        case .opaque(let type, _): type
        }
    }

    /// Reads exactly `count` bytes of data of a record of class IN.
    init(
        from reader: inout WireReader, type: RecordType, count: Int
    ) throws(MessageError) {
        let end = reader.position + count
        guard reader.remaining >= count else { throw .truncated }
        switch type {
        case .a, .aaaa: self = .address(try Self.address(from: &reader, type: type, count: count))
        case .caa: self = .caa(try .init(from: &reader, count: count))
        case .cname: self = .cname(try reader.readName())
        case .dname: self = .dname(try reader.readName())
        case .ns: self = .ns(try reader.readName())
        case .soa: self = .soa(try .init(from: &reader))
        case .txt: self = .txt(try Self.strings(from: &reader, end: end))
        default: self = .opaque(type, Array(try reader.readBytes(count)))
        }
        guard reader.position == end else { throw .badRecord(type) }
    }

    private static func address(
        from reader: inout WireReader, type: RecordType, count: Int
    ) throws(MessageError) -> IPAddress {
        guard count == (type == .a ? 4 : 16),
            let address = IPAddress(bytes: try reader.readBytes(count))
        else { throw .badRecord(type) }
        return address
    }

    private static func strings(
        from reader: inout WireReader, end: Int
    ) throws(MessageError) -> [[UInt8]] {
        var strings: [[UInt8]] = []
        while reader.position < end {
            let count = Int(try reader.readUInt8())
            guard reader.position + count <= end else { throw .badRecord(.txt) }
            strings.append(Array(try reader.readBytes(count)))
        }
        return strings
    }

    func write(to writer: inout WireWriter) {
        switch self {
        case .address(let address): writer.write(address.bytes)
        case .caa(let caa): caa.write(to: &writer)
        case .cname(let name), .ns(let name): writer.writeCompressed(name)
        case .dname(let name): writer.write(name.wire)  // RFC 6672 §2.5: never compressed.
        case .soa(let soa): soa.write(to: &writer)
        case .txt(let strings):
            for string in strings {
                writer.write(UInt8(truncatingIfNeeded: string.count))
                writer.write(string.prefix(255))
            }
        case .opaque(_, let bytes): writer.write(bytes)
        }
    }
}

extension RecordData: CustomStringConvertible {
    /// The data as a zone file has it.
    package var description: String {
        switch self {
        case .address(let address): address.description
        case .caa(let caa): caa.text
        case .cname(let name), .dname(let name), .ns(let name): name.absolute
        case .soa(let soa): "\(soa.primaryServer.absolute) \(soa.mailbox.absolute) \(soa.serial)"
        case .txt(let strings):
            strings.map { "\"\(String(decoding: $0, as: UTF8.self))\"" }.joined(separator: " ")
        case .opaque(_, let bytes): "\\# \(bytes.count)"
        }
    }
}
