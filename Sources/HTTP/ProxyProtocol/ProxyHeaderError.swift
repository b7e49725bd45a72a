// SPDX-License-Identifier: Apache-2.0

/// Why the first bytes of a connection are no PROXY header.
package enum ProxyHeaderError: Error, CaseIterable, CustomStringConvertible, Sendable {
    /// Neither version begins like that.
    case absent
    /// Version 1: no CRLF within 107 bytes.
    case lineTooLong
    /// Version 1: neither TCP4 nor TCP6 nor UNKNOWN.
    case unknownProtocol
    /// Version 1: not two addresses of the family and two ports, one space apart.
    case malformedLine
    /// Version 2: the high half of the thirteenth byte is not 2.
    case unknownVersion
    /// Version 2: neither LOCAL nor PROXY.
    case unknownCommand
    /// Version 2: a family and transport that is not assigned.
    case unknownFamily
    /// Version 2: too short for the addresses of its family.
    case addressesCutShort
    /// Version 2: longer than we take.
    case tooLong

    package var description: String {
        switch self {
        case .absent: "no PROXY header"
        case .lineTooLong: "a PROXY line of more than \(ProxyHeader.lineBytesMax) bytes"
        case .unknownProtocol: "a PROXY line with an unknown protocol"
        case .malformedLine: "a malformed PROXY line"
        case .unknownVersion: "a PROXY header of an unknown version"
        case .unknownCommand: "a PROXY header with an unknown command"
        case .unknownFamily: "a PROXY header with an unknown address family"
        case .addressesCutShort: "a PROXY header too short for its addresses"
        case .tooLong: "a PROXY header of more than \(ProxyHeader.binaryBytesMax) bytes"
        }
    }
}
