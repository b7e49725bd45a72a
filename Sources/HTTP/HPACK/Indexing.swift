// SPDX-License-Identifier: Apache-2.0

/// Whether our encoder puts a field into the dynamic table.
enum Indexing {
    case incremental
    /// The value is not likely to come again, or its entry would push out too many others.
    case without
    /// Neither we nor anyone on the way puts it into a table: who can send fields of their own on the
    /// connection cannot find it out by guessing (RFC 7541 §7.1.3).
    case never

    /// What becomes of a field whose name the static table has at `name` (0: it has not), in a table of
    /// at most `sizeMax`.
    init(name: Int, valueCount: Int, entrySize: Int, sizeMax: Int) {
        switch name {
        case StaticTable.authorization, StaticTable.proxyAuthorization:
            self = .never
        case StaticTable.cookie where valueCount < Self.guessableCookie:
            self = .never
        case StaticTable.path, StaticTable.age, StaticTable.contentLength, StaticTable.etag,
            StaticTable.ifModifiedSince, StaticTable.ifNoneMatch, StaticTable.location,
            StaticTable.setCookie:
            self = .without
        default:
            self = entrySize > sizeMax / 4 * 3 ? .without : .incremental
        }
    }

    /// Cookies shorter than this may be guessed.
    static let guessableCookie = 20

    /// The representation's first bits, and how many bits are left for the index (RFC 7541 §6.2).
    var pattern: (bits: UInt8, prefix: UInt8) {
        switch self {
        case .incremental: (0x40, 6)
        case .without: (0x00, 4)
        case .never: (0x10, 4)
        }
    }
}
