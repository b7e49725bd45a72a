// SPDX-License-Identifier: Apache-2.0

/// The identifier and the flags of a message (RFC 1035 §4.1.1). The counts are the sections' own.
package struct MessageHeader: Hashable, Sendable {
    package var id: UInt16
    package var isResponse: Bool
    /// 0 is a standard query.
    package var opcode: UInt8
    package var isAuthoritative: Bool
    package var isTruncated: Bool
    package var recursionDesired: Bool
    package var recursionAvailable: Bool
    /// The low four bits; `Message.responseCode` has all of them.
    package var responseCode: ResponseCode

    package init(
        id: UInt16, isResponse: Bool = false, opcode: UInt8 = 0, isAuthoritative: Bool = false,
        isTruncated: Bool = false, recursionDesired: Bool = false,
        recursionAvailable: Bool = false, responseCode: ResponseCode = .noError
    ) {
        self.id = id
        self.isResponse = isResponse
        self.opcode = opcode
        self.isAuthoritative = isAuthoritative
        self.isTruncated = isTruncated
        self.recursionDesired = recursionDesired
        self.recursionAvailable = recursionAvailable
        self.responseCode = responseCode
    }

    init(id: UInt16, flags: UInt16) {
        self.init(
            id: id, isResponse: flags & 0x8000 != 0, opcode: UInt8(flags >> 11 & 0xf),
            isAuthoritative: flags & 0x0400 != 0, isTruncated: flags & 0x0200 != 0,
            recursionDesired: flags & 0x0100 != 0, recursionAvailable: flags & 0x0080 != 0,
            responseCode: ResponseCode(rawValue: flags & 0xf))
    }

    var flags: UInt16 {
        (isResponse ? 0x8000 : 0) | UInt16(opcode & 0xf) << 11 | (isAuthoritative ? 0x0400 : 0)
            | (isTruncated ? 0x0200 : 0) | (recursionDesired ? 0x0100 : 0)
            | (recursionAvailable ? 0x0080 : 0) | responseCode.rawValue & 0xf
    }

    /// Bytes of a header with its counts.
    static let length = 12
}
