// SPDX-License-Identifier: Apache-2.0

/// The code of RFC 7541 Appendix B: how long the code word of each octet is, and what it is.
///
/// The code is canonical: words of one length are consecutive numbers in the order of their
/// symbols, and the shorter ones come first. What a decoder needs follows from that.
enum HuffmanCode {
    /// How many bits the code word of an octet has; 256 is EOS.
    static let lengths: InlineArray<257, UInt8> = [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28,
        30, 28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8,
        6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5,
        6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
        28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24,
        23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22,
        24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26,
        26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27,
        24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24,
        24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ]

    /// The code word of an octet, in its low bits; 256 is EOS.
    static let words: InlineArray<257, UInt32> = [
        0x1ff8, 0x7fffd8, 0xfffffe2, 0xfffffe3, 0xfffffe4, 0xfffffe5, 0xfffffe6, 0xfffffe7,
        0xfffffe8, 0xffffea, 0x3ffffffc, 0xfffffe9, 0xfffffea, 0x3ffffffd, 0xfffffeb,
        0xfffffec, 0xfffffed, 0xfffffee, 0xfffffef, 0xffffff0, 0xffffff1, 0xffffff2,
        0x3ffffffe, 0xffffff3, 0xffffff4, 0xffffff5, 0xffffff6, 0xffffff7, 0xffffff8,
        0xffffff9, 0xffffffa, 0xffffffb, 0x14, 0x3f8, 0x3f9, 0xffa, 0x1ff9, 0x15, 0xf8, 0x7fa,
        0x3fa, 0x3fb, 0xf9, 0x7fb, 0xfa, 0x16, 0x17, 0x18, 0x0, 0x1, 0x2, 0x19, 0x1a, 0x1b,
        0x1c, 0x1d, 0x1e, 0x1f, 0x5c, 0xfb, 0x7ffc, 0x20, 0xffb, 0x3fc, 0x1ffa, 0x21, 0x5d,
        0x5e, 0x5f, 0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b,
        0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0xfc, 0x73, 0xfd, 0x1ffb, 0x7fff0, 0x1ffc,
        0x3ffc, 0x22, 0x7ffd, 0x3, 0x23, 0x4, 0x24, 0x5, 0x25, 0x26, 0x27, 0x6, 0x74, 0x75,
        0x28, 0x29, 0x2a, 0x7, 0x2b, 0x76, 0x2c, 0x8, 0x9, 0x2d, 0x77, 0x78, 0x79, 0x7a, 0x7b,
        0x7ffe, 0x7fc, 0x3ffd, 0x1ffd, 0xffffffc, 0xfffe6, 0x3fffd2, 0xfffe7, 0xfffe8,
        0x3fffd3, 0x3fffd4, 0x3fffd5, 0x7fffd9, 0x3fffd6, 0x7fffda, 0x7fffdb, 0x7fffdc,
        0x7fffdd, 0x7fffde, 0xffffeb, 0x7fffdf, 0xffffec, 0xffffed, 0x3fffd7, 0x7fffe0,
        0xffffee, 0x7fffe1, 0x7fffe2, 0x7fffe3, 0x7fffe4, 0x1fffdc, 0x3fffd8, 0x7fffe5,
        0x3fffd9, 0x7fffe6, 0x7fffe7, 0xffffef, 0x3fffda, 0x1fffdd, 0xfffe9, 0x3fffdb,
        0x3fffdc, 0x7fffe8, 0x7fffe9, 0x1fffde, 0x7fffea, 0x3fffdd, 0x3fffde, 0xfffff0,
        0x1fffdf, 0x3fffdf, 0x7fffeb, 0x7fffec, 0x1fffe0, 0x1fffe1, 0x3fffe0, 0x1fffe2,
        0x7fffed, 0x3fffe1, 0x7fffee, 0x7fffef, 0xfffea, 0x3fffe2, 0x3fffe3, 0x3fffe4,
        0x7ffff0, 0x3fffe5, 0x3fffe6, 0x7ffff1, 0x3ffffe0, 0x3ffffe1, 0xfffeb, 0x7fff1,
        0x3fffe7, 0x7ffff2, 0x3fffe8, 0x1ffffec, 0x3ffffe2, 0x3ffffe3, 0x3ffffe4, 0x7ffffde,
        0x7ffffdf, 0x3ffffe5, 0xfffff1, 0x1ffffed, 0x7fff2, 0x1fffe3, 0x3ffffe6, 0x7ffffe0,
        0x7ffffe1, 0x3ffffe7, 0x7ffffe2, 0xfffff2, 0x1fffe4, 0x1fffe5, 0x3ffffe8, 0x3ffffe9,
        0xffffffd, 0x7ffffe3, 0x7ffffe4, 0x7ffffe5, 0xfffec, 0xfffff3, 0xfffed, 0x1fffe6,
        0x3fffe9, 0x1fffe7, 0x1fffe8, 0x7ffff3, 0x3fffea, 0x3fffeb, 0x1ffffee, 0x1ffffef,
        0xfffff4, 0xfffff5, 0x3ffffea, 0x7ffff4, 0x3ffffeb, 0x7ffffe6, 0x3ffffec, 0x3ffffed,
        0x7ffffe7, 0x7ffffe8, 0x7ffffe9, 0x7ffffea, 0x7ffffeb, 0xffffffe, 0x7ffffec, 0x7ffffed,
        0x7ffffee, 0x7ffffef, 0x7fffff0, 0x3ffffee, 0x3fffffff,
    ]

    /// What the next eight bits begin with: an octet, above the four bits of its length; 0 when the
    /// code word is longer than eight bits.
    static let short: InlineArray<256, UInt16> = [
        773, 773, 773, 773, 773, 773, 773, 773, 789, 789, 789, 789, 789, 789, 789, 789, 805,
        805, 805, 805, 805, 805, 805, 805, 1557, 1557, 1557, 1557, 1557, 1557, 1557, 1557,
        1589, 1589, 1589, 1589, 1589, 1589, 1589, 1589, 1621, 1621, 1621, 1621, 1621, 1621,
        1621, 1621, 1685, 1685, 1685, 1685, 1685, 1685, 1685, 1685, 1781, 1781, 1781, 1781,
        1781, 1781, 1781, 1781, 1845, 1845, 1845, 1845, 1845, 1845, 1845, 1845, 1861, 1861,
        1861, 1861, 1861, 1861, 1861, 1861, 518, 518, 518, 518, 598, 598, 598, 598, 726, 726,
        726, 726, 742, 742, 742, 742, 758, 758, 758, 758, 822, 822, 822, 822, 838, 838, 838,
        838, 854, 854, 854, 854, 870, 870, 870, 870, 886, 886, 886, 886, 902, 902, 902, 902,
        918, 918, 918, 918, 982, 982, 982, 982, 1046, 1046, 1046, 1046, 1526, 1526, 1526, 1526,
        1574, 1574, 1574, 1574, 1606, 1606, 1606, 1606, 1638, 1638, 1638, 1638, 1654, 1654,
        1654, 1654, 1670, 1670, 1670, 1670, 1734, 1734, 1734, 1734, 1750, 1750, 1750, 1750,
        1766, 1766, 1766, 1766, 1798, 1798, 1798, 1798, 1830, 1830, 1830, 1830, 1878, 1878,
        1878, 1878, 935, 935, 1063, 1063, 1079, 1079, 1095, 1095, 1111, 1111, 1127, 1127, 1143,
        1143, 1159, 1159, 1175, 1175, 1191, 1191, 1207, 1207, 1223, 1223, 1239, 1239, 1255,
        1255, 1271, 1271, 1287, 1287, 1303, 1303, 1319, 1319, 1335, 1335, 1351, 1351, 1367,
        1367, 1383, 1383, 1399, 1399, 1431, 1431, 1703, 1703, 1719, 1719, 1815, 1815, 1895,
        1895, 1911, 1911, 1927, 1927, 1943, 1943, 1959, 1959, 616, 680, 712, 952, 1416, 1448,
        0, 0,
    ]

    /// The symbols whose code words are longer than eight bits, in the order of their words.
    static let long: InlineArray<183, UInt16> = [
        33, 34, 40, 41, 63, 39, 43, 124, 35, 62, 0, 36, 64, 91, 93, 126, 94, 125, 60, 96, 123,
        92, 195, 208, 128, 130, 131, 162, 184, 194, 224, 226, 153, 161, 167, 172, 176, 177,
        179, 209, 216, 217, 227, 229, 230, 129, 132, 133, 134, 136, 146, 154, 156, 160, 163,
        164, 169, 170, 173, 178, 181, 185, 186, 187, 189, 190, 196, 198, 228, 232, 233, 1, 135,
        137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168,
        174, 175, 180, 182, 183, 188, 191, 197, 231, 239, 9, 142, 144, 145, 148, 159, 171, 206,
        215, 225, 236, 237, 199, 207, 234, 235, 192, 193, 200, 201, 202, 205, 210, 213, 218,
        219, 238, 240, 242, 243, 255, 203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245,
        246, 247, 248, 250, 251, 252, 253, 254, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17,
        18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127, 220, 249, 10, 13, 22, 256,
    ]

    /// The words of one length, for each length above eight.
    struct Length {
        let bits: UInt8
        /// Where their symbols begin in `long`.
        let start: UInt8
        /// The first of them, with as many zeros behind it as make 32 bits.
        let first: UInt32
        /// The last of them, with as many ones behind it.
        let last: UInt32
    }

    static let longLengths: InlineArray<17, Length> = [
        Length(bits: 10, start: 0, first: 0xfe000000, last: 0xff3fffff),
        Length(bits: 11, start: 5, first: 0xff400000, last: 0xff9fffff),
        Length(bits: 12, start: 8, first: 0xffa00000, last: 0xffbfffff),
        Length(bits: 13, start: 10, first: 0xffc00000, last: 0xffefffff),
        Length(bits: 14, start: 16, first: 0xfff00000, last: 0xfff7ffff),
        Length(bits: 15, start: 18, first: 0xfff80000, last: 0xfffdffff),
        Length(bits: 19, start: 21, first: 0xfffe0000, last: 0xfffe5fff),
        Length(bits: 20, start: 24, first: 0xfffe6000, last: 0xfffedfff),
        Length(bits: 21, start: 32, first: 0xfffee000, last: 0xffff47ff),
        Length(bits: 22, start: 45, first: 0xffff4800, last: 0xffffafff),
        Length(bits: 23, start: 71, first: 0xffffb000, last: 0xffffe9ff),
        Length(bits: 24, start: 100, first: 0xffffea00, last: 0xfffff5ff),
        Length(bits: 25, start: 112, first: 0xfffff600, last: 0xfffff7ff),
        Length(bits: 26, start: 116, first: 0xfffff800, last: 0xfffffbbf),
        Length(bits: 27, start: 131, first: 0xfffffbc0, last: 0xfffffe1f),
        Length(bits: 28, start: 150, first: 0xfffffe20, last: 0xffffffef),
        Length(bits: 30, start: 179, first: 0xfffffff0, last: 0xffffffff),
    ]
}
