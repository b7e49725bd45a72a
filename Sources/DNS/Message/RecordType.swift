// SPDX-License-Identifier: Apache-2.0

/// The type of a record or a question (RFC 1035 §3.2.2 and the IANA registry).
package struct RecordType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let a = RecordType(rawValue: 1)
    package static let ns = RecordType(rawValue: 2)
    package static let cname = RecordType(rawValue: 5)
    package static let soa = RecordType(rawValue: 6)
    package static let hinfo = RecordType(rawValue: 13)
    package static let txt = RecordType(rawValue: 16)
    package static let aaaa = RecordType(rawValue: 28)
    package static let dname = RecordType(rawValue: 39)
    package static let opt = RecordType(rawValue: 41)
    /// RFC 8945 §4.1.
    package static let tsig = RecordType(rawValue: 250)
    package static let ixfr = RecordType(rawValue: 251)
    package static let axfr = RecordType(rawValue: 252)
    /// A question for all types.
    package static let any = RecordType(rawValue: 255)
    package static let caa = RecordType(rawValue: 257)

    /// Whether a question for it asks for the whole zone.
    var isTransfer: Bool { self == .ixfr || self == .axfr }
}

extension RecordType: CustomStringConvertible {
    /// `CAA`; `TYPE65` for one without a name here (RFC 3597 §5).
    package var description: String {
        switch self {
        case .a: "A"
        case .ns: "NS"
        case .cname: "CNAME"
        case .soa: "SOA"
        case .hinfo: "HINFO"
        case .txt: "TXT"
        case .aaaa: "AAAA"
        case .dname: "DNAME"
        case .opt: "OPT"
        case .tsig: "TSIG"
        case .ixfr: "IXFR"
        case .axfr: "AXFR"
        case .any: "ANY"
        case .caa: "CAA"
        default: "TYPE\(rawValue)"
        }
    }
}
