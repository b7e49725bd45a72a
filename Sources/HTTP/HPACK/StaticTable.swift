// SPDX-License-Identifier: Apache-2.0
import Networking

/// The fields that both ends know from the beginning (RFC 7541 Appendix A), indexed from 1.
struct StaticTable: Sendable {
    static let shared = StaticTable()

    /// How many there are; the dynamic table's indices begin behind it.
    static let count = 61

    /// The entries' lines, one behind the other.
    let bytes: [UInt8]
    let entries: [TableEntry]

    /// The index of the first entry of each known name, by its raw value; 0: none.
    private let knownIndices: [UInt8]
    /// The same for the others, by a hash of the name; a taken slot's name is in the next one.
    private let otherIndices: [UInt8]

    private init() {
        var bytes: [UInt8] = []
        var entries: [TableEntry] = []
        var known = [UInt8](repeating: 0, count: FieldName.allCases.count)
        var others = [UInt8](repeating: 0, count: Self.slots)
        for (name, value) in Self.fields {
            let start = UInt32(bytes.count)
            bytes += Array("\(name): \(value)\r\n".utf8)
            let nameBytes = name.utf8.span
            let field = FieldName(nameBytes)
            entries.append(
                TableEntry(
                    start: start, nameCount: UInt32(name.utf8.count),
                    valueCount: UInt32(value.utf8.count), name: field,
                    pseudo: PseudoField(nameBytes), fault: FieldFault(name: nameBytes, field)))
            guard field == .other else {
                known[Int(field.rawValue)] = UInt8(entries.count)
                continue
            }
            guard !name.hasPrefix(":") else { continue }
            var slot = Self.slot(of: nameBytes)
            while others[slot] != 0 { slot = (slot + 1) % Self.slots }
            others[slot] = UInt8(entries.count)
        }
        self.bytes = bytes
        self.entries = entries
        knownIndices = known
        otherIndices = others
    }

    /// The index of the entry with this name; 0: there is none.
    func index(of field: FieldName) -> Int { Int(knownIndices[Int(field.rawValue)]) }

    /// The index of the entry with this name, which is no known one, in any case; 0: there is none.
    func index(ofOther name: Span<UInt8>) -> Int {
        guard !name.isEmpty else { return 0 }
        var slot = Self.slot(of: name)
        while otherIndices[slot] != 0 {
            let index = Int(otherIndices[slot])
            let entry = entries[index - 1]
            // Both are tokens, and these of letters and hyphens alone: setting the bit folds letters.
            if Int(entry.nameCount) == name.count,
                name.matches(
                    0..<name.count, settingCaseBitGives: bytes.span, at: Int(entry.start))
            {
                return index
            }
            slot = (slot + 1) % Self.slots
        }
        return 0
    }

    /// The index of the entry that has this value, among those at `indices`; 0: there is none.
    func index(in indices: ClosedRange<Int>, value: Span<UInt8>) -> Int {
        for index in indices {
            let entry = entries[index - 1]
            guard Int(entry.valueCount) == value.count else { continue }
            if bytes.span.extracting(entry.valueRange(from: Int(entry.start))).holdsSame(as: value)
            {
                return index
            }
        }
        return 0
    }

    // What our encoder treats apart from others.
    static let authority = 1...1
    static let method = 2...3
    static let paths = 4...5
    static let scheme = 6...7
    static let status = 8...14
    static let path = 4
    static let age = 21
    static let authorization = 23
    static let contentLength = 28
    static let cookie = 32
    static let etag = 34
    static let ifModifiedSince = 40
    static let ifNoneMatch = 41
    static let location = 46
    static let proxyAuthorization = 49
    static let setCookie = 55

    /// How many slots there are for the 15 names that are no `FieldName`.
    private static let slots = 64

    private static func slot(of name: Span<UInt8>) -> Int {
        (name.count &* 5 &+ Int(name[0].lowercased) &+ Int(name[name.count - 1].lowercased)) % slots
    }

    private static let fields = [
        (":authority", ""),
        (":method", "GET"),
        (":method", "POST"),
        (":path", "/"),
        (":path", "/index.html"),
        (":scheme", "http"),
        (":scheme", "https"),
        (":status", "200"),
        (":status", "204"),
        (":status", "206"),
        (":status", "304"),
        (":status", "400"),
        (":status", "404"),
        (":status", "500"),
        ("accept-charset", ""),
        ("accept-encoding", "gzip, deflate"),
        ("accept-language", ""),
        ("accept-ranges", ""),
        ("accept", ""),
        ("access-control-allow-origin", ""),
        ("age", ""),
        ("allow", ""),
        ("authorization", ""),
        ("cache-control", ""),
        ("content-disposition", ""),
        ("content-encoding", ""),
        ("content-language", ""),
        ("content-length", ""),
        ("content-location", ""),
        ("content-range", ""),
        ("content-type", ""),
        ("cookie", ""),
        ("date", ""),
        ("etag", ""),
        ("expect", ""),
        ("expires", ""),
        ("from", ""),
        ("host", ""),
        ("if-match", ""),
        ("if-modified-since", ""),
        ("if-none-match", ""),
        ("if-range", ""),
        ("if-unmodified-since", ""),
        ("last-modified", ""),
        ("link", ""),
        ("location", ""),
        ("max-forwards", ""),
        ("proxy-authenticate", ""),
        ("proxy-authorization", ""),
        ("range", ""),
        ("referer", ""),
        ("refresh", ""),
        ("retry-after", ""),
        ("server", ""),
        ("set-cookie", ""),
        ("strict-transport-security", ""),
        ("transfer-encoding", ""),
        ("user-agent", ""),
        ("vary", ""),
        ("via", ""),
        ("www-authenticate", ""),
    ]
}
