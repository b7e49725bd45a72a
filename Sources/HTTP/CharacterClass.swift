// SPDX-License-Identifier: Apache-2.0

/// What the grammars of RFC 9110 and RFC 3986 say about one byte.
struct CharacterClass: OptionSet {
    let rawValue: UInt8

    /// `tchar`: field names, methods, list tokens (RFC 9110 §5.6.2).
    static let token = CharacterClass(rawValue: 1)
    /// `field-vchar`, space and tab: everything that a field value may hold (RFC 9110 §5.5).
    static let fieldValue = CharacterClass(rawValue: 2)
    /// What a request target may hold: visible ASCII without `"`, `#`, `<` and `>`.
    ///
    /// RFC 3986 leaves out ``[ ] \ ^ ` { | }`` too, but browsers send them in queries as they are.
    static let target = CharacterClass(rawValue: 4)
    /// `unreserved`: what host names are made of (RFC 3986 §2.3).
    static let unreserved = CharacterClass(rawValue: 8)
    /// `HEXDIG` in either case.
    static let hexDigit = CharacterClass(rawValue: 16)

    /// The classes of every byte: one load in the inner loops of the parsers.
    private static let table: InlineArray<256, UInt8> = [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        2, 7, 2, 3, 7, 7, 7, 7, 6, 6, 7, 7, 6, 15, 15, 6,
        31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 6, 6, 2, 6, 2, 6,
        6, 31, 31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15, 15, 15,
        15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6, 6, 6, 7, 15,
        7, 31, 31, 31, 31, 31, 31, 15, 15, 15, 15, 15, 15, 15, 15, 15,
        15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 6, 7, 6, 15, 0,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
    ]

    /// Whether `byte` is in any of `classes`.
    @inline(__always)
    static func of(_ byte: UInt8, isIn classes: CharacterClass) -> Bool {
        table[Int(byte)] & classes.rawValue != 0
    }
}

extension UInt8 {
    @inline(__always)
    func isIn(_ classes: CharacterClass) -> Bool {
        CharacterClass.of(self, isIn: classes)
    }

    /// Space or horizontal tab: `OWS`, `BWS` (RFC 9110 §5.6.3).
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// The value of a `HEXDIG`, or nil.
    var hexValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x37
        case 0x61...0x66: self - 0x57
        default: nil
        }
    }

    /// The lower-case letter of an ASCII letter; anything else unchanged.
    var lowercased: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }

    static var carriageReturn: UInt8 { 0x0d }
    static var lineFeed: UInt8 { 0x0a }
    package static var tab: UInt8 { 0x09 }
    package static var space: UInt8 { 0x20 }
    package static var quote: UInt8 { 0x22 }
    package static var comma: UInt8 { 0x2c }
    package static var colon: UInt8 { 0x3a }
    package static var semicolon: UInt8 { 0x3b }
    package static var equalsSign: UInt8 { 0x3d }
    package static var backslash: UInt8 { 0x5c }
}
