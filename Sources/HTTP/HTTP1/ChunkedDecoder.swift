// SPDX-License-Identifier: Apache-2.0

/// Finds the content in a chunked body, without copying it (RFC 9112 §7.1).
struct ChunkedDecoder: Sendable {
    private enum State: Sendable {
        case size, sizeExtension, sizeLineFeed, content, contentCarriageReturn, contentLineFeed
        case trailers
    }

    private let limits: HTTP1Limits
    private var state = State.size
    private var sizeDigits = 0
    private var size: UInt64 = 0
    private var lineExtension = ChunkExtension()
    private var lineExtensionBytes = 0
    private var overhead: UInt64 = 0
    private var section = FieldSectionParser()

    /// The trailer fields that may be used: those that must not come this late are left out.
    private(set) var trailers = Fields()

    private static let sizeDigitsMax = 16

    /// Bytes of the extensions of one chunk.
    private static let extensionBytesMax = 256

    /// Bytes of extensions beyond as many bytes of content: what tiny chunks with long extensions
    /// would cost us.
    private static let overheadBytesMax: UInt64 = 16 * 1024

    init(limits: HTTP1Limits) {
        self.limits = limits
    }

    /// Looks at what follows the part that was consumed last.
    mutating func decode(_ bytes: Span<UInt8>) throws(HTTP1Error) -> BodyPart {
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch state {
            case .size:
                try receivedSizeByte(byte)
                index += 1
            case .sizeExtension:
                try receivedExtensionByte(byte)
                index += 1
            case .sizeLineFeed:
                guard byte == .lineFeed else { throw .bareCarriageReturn }
                index += 1
                beginChunk()
            case .content:
                let count = Int(min(UInt64(bytes.count - index), size))
                size -= UInt64(count)
                if size == 0 { state = .contentCarriageReturn }
                return .content(index..<index + count)
            case .contentCarriageReturn:
                if byte == .lineFeed { throw .bareLineFeed }
                guard byte == .carriageReturn else { throw .malformedChunkEnd }
                index += 1
                state = .contentLineFeed
            case .contentLineFeed:
                guard byte == .lineFeed else { throw .bareCarriageReturn }
                index += 1
                state = .size
                sizeDigits = 0
            case .trailers:
                return try decodeTrailers(bytes, from: index)
            }
        }
        return .needMore(consumed: index)
    }

    private mutating func receivedSizeByte(_ byte: UInt8) throws(HTTP1Error) {
        if let digit = byte.hexValue {
            guard sizeDigits < Self.sizeDigitsMax else { throw .chunkSizeTooLarge }
            size = sizeDigits == 0 ? UInt64(digit) : size << 4 | UInt64(digit)
            sizeDigits += 1
            return
        }
        guard sizeDigits > 0 else {
            throw byte == .lineFeed ? .bareLineFeed : .malformedChunkSize
        }
        if size > UInt64(Int64.max) { throw .chunkSizeTooLarge }
        lineExtensionBytes = 0
        state = try lineExtension.begin(byte) ? .sizeExtension : .sizeLineFeed
    }

    private mutating func receivedExtensionByte(_ byte: UInt8) throws(HTTP1Error) {
        lineExtensionBytes += 1
        overhead += 1
        if lineExtensionBytes > Self.extensionBytesMax || overhead > Self.overheadBytesMax {
            throw .chunkExtensionTooLarge
        }
        if try lineExtension.received(byte) { state = .sizeLineFeed }
    }

    private mutating func beginChunk() {
        overhead -= min(overhead, size)
        state = size == 0 ? .trailers : .content
        if size == 0 { section.begin(at: 0) }
    }

    /// The section is kept whole by the caller until it ends, so its positions count from there.
    private mutating func decodeTrailers(
        _ bytes: Span<UInt8>, from index: Int
    ) throws(HTTP1Error) -> BodyPart {
        let rest = bytes.extracting(index..<bytes.count)
        let end = min(rest.count, limits.trailerBytes)
        let isWhole = try section.parse(rest, upTo: end, origin: 0, fieldsMax: limits.fields)
        guard isWhole else {
            if end == limits.trailerBytes { throw .trailersTooLarge }
            return .needMore(consumed: index)
        }
        section.publish(rest.extracting(0..<section.position), into: &trailers)
        trailers.removeAll(.forbiddenInTrailers)
        return .end(consumed: index + section.position)
    }
}
