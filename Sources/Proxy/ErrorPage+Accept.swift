// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking

extension ErrorPage.Form {
    /// The most media ranges of a request that are looked at.
    static let rangesMax = 32

    /// The form that a client wants most, by its Accept fields (RFC 9110 §12.5.1); text, when it
    /// does not say, or wants nothing that there is (§12.4.1 lets us disregard it then).
    ///
    /// Of forms that it wants equally, the one that it names most precisely, then first.
    init(acceptedBy fields: Fields) {
        guard fields.contains(.accept) else {
            self = .text
            return
        }
        var ranges: [MediaRange] = []
        var next = fields.firstIndex(of: .accept)
        while let index = next, ranges.count < Self.rangesMax {
            fields.withValue(at: index) { $0.appendRanges(to: &ranges, upTo: Self.rangesMax) }
            next = fields.firstIndex(of: .accept, from: index + 1)
        }
        var best: (form: Self, wish: Wish)?
        for form in Self.allCases {
            guard let wish = Wish(for: form, in: ranges), wish.quality > 0 else { continue }
            if let chosen = best, !(chosen.wish < wish) { continue }
            best = (form, wish)
        }
        self = best?.form ?? .text
    }
}

/// How much a client wants a form.
private struct Wish: Comparable {
    /// In thousandths.
    let quality: Int
    /// 0 for any media type, 1 for one of the type, 2 for that one.
    let precision: Int
    /// Where in the list.
    let place: Int

    init?(for form: ErrorPage.Form, in ranges: [MediaRange]) {
        var found: Wish?
        for (place, range) in ranges.enumerated() {
            guard let precision = range.precision(of: form), precision > found?.precision ?? -1
            else { continue }
            found = Wish(quality: range.quality, precision: precision, place: place)
        }
        guard let found else { return nil }
        self = found
    }

    private init(quality: Int, precision: Int, place: Int) {
        self.quality = quality
        self.precision = precision
        self.place = place
    }

    static func < (left: Wish, right: Wish) -> Bool {
        (left.quality, left.precision, -left.place) < (right.quality, right.precision, -right.place)
    }
}

/// One member of an Accept field: `text/html;q=0.8`. Its other parameters are not heeded.
private struct MediaRange {
    let type: [UInt8]
    let subtype: [UInt8]
    let quality: Int

    /// Nil when it is malformed: it then counts for nothing.
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let end = bytes.first(.semicolon, in: range) ?? range.upperBound
        let media = bytes.trimmingBlanks(range.lowerBound..<end)
        guard let slash = bytes.first(UInt8(ascii: "/"), in: media),
            let type = bytes.extracting(media.lowerBound..<slash).copied(upTo: Self.nameBytesMax),
            let subtype = bytes.extracting(slash + 1..<media.upperBound)
                .copied(upTo: Self.nameBytesMax),
            let quality = Self.quality(bytes, end..<range.upperBound)
        else { return nil }
        self.type = type.map { $0.foldedCase }
        self.subtype = subtype.map { $0.foldedCase }
        self.quality = quality
    }

    /// How precisely it names the media type of a form; nil when it means others.
    func precision(of form: ErrorPage.Form) -> Int? {
        let (type, subtype) = form.mediaType
        if self.type == [.asterisk] { return self.subtype == [.asterisk] ? 0 : nil }
        guard self.type == type.bytes else { return nil }
        if self.subtype == [.asterisk] { return 1 }
        return self.subtype == subtype.bytes ? 2 : nil
    }

    /// Longer than any name that we know.
    private static let nameBytesMax = 16

    /// The weight among the parameters, each of which begins with a semicolon; 1000 without one.
    private static func quality(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var rest = range
        while !rest.isEmpty {
            let start = rest.lowerBound + 1
            let end = bytes.first(.semicolon, in: start..<rest.upperBound) ?? rest.upperBound
            let parameter = bytes.trimmingBlanks(start..<end)
            rest = end..<rest.upperBound
            guard parameter.count >= 2, bytes[parameter.lowerBound].foldedCase == 0x71,
                bytes[parameter.lowerBound + 1] == .equalsSign
            else { continue }
            return weight(bytes, parameter.lowerBound + 2..<parameter.upperBound)
        }
        return 1000
    }

    /// Reads `qvalue`: 0 or 1 with up to three decimals (RFC 9110 §12.4.2).
    private static func weight(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard (1...5).contains(range.count) else { return nil }
        let whole = bytes[range.lowerBound]
        guard whole == UInt8(ascii: "0") || whole == UInt8(ascii: "1") else { return nil }
        var weight = whole == UInt8(ascii: "1") ? 1000 : 0
        guard range.count > 1 else { return weight }
        guard bytes[range.lowerBound + 1] == UInt8(ascii: ".") else { return nil }
        var unit = 100
        for index in range.dropFirst(2) {
            guard (0x30...0x39).contains(bytes[index]) else { return nil }
            weight += Int(bytes[index] - 0x30) * unit
            unit /= 10
        }
        return weight <= 1000 ? weight : nil
    }
}

extension Span<UInt8> {
    fileprivate func appendRanges(to ranges: inout [MediaRange], upTo most: Int) {
        var start = 0
        while start <= count, ranges.count < most {
            let end = first(.comma, in: start..<count) ?? count
            let member = trimmingBlanks(start..<end)
            start = end + 1
            guard !member.isEmpty else { continue }
            if let range = MediaRange(self, member) { ranges.append(range) }
        }
    }

    fileprivate func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
        range.first { self[$0] == byte }
    }
}

extension UInt8 {
    fileprivate static var asterisk: UInt8 { 0x2a }

    fileprivate var foldedCase: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }
}

extension StaticString {
    fileprivate var bytes: [UInt8] { Array("\(self)".utf8) }
}
