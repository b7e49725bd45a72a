// SPDX-License-Identifier: Apache-2.0
package import Networking

extension HTTP2Machine {
    /// Looks at what is buffered and takes at most one event's worth; `consumed` bytes are to be
    /// dropped then, those of content included, which lie at `data`'s range of `bytes`.
    ///
    /// A frame other than DATA is taken when it is whole: `frameBytes` and nine bytes must fit.
    /// Throws what ends the connection: GOAWAY was written, flush and close. From then on nothing
    /// is taken or written any more, and this throws the same again.
    package mutating func receive(
        _ bytes: Span<UInt8>, at now: Instant, output: inout ByteBuffer
    ) throws(HTTP2Fault) -> (consumed: Int, event: Event) {
        debt.begin(output.readableCount)
        defer { debt.end(output.readableCount) }
        var position = 0
        do throws(HTTP2Fault) {
            while true {
                guard let event = try step(bytes, &position, at: now, &output) else { continue }
                guard debt.bytes <= limits.owed else { throw .abuse(.answersUnread) }
                return (position, event)
            }
        } catch {
            die(of: error, &output)
            throw error
        }
    }

    /// Takes the next thing that is whole; nil when it was no event.
    private mutating func step(
        _ bytes: Span<UInt8>, _ position: inout Int, at now: Instant, _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        switch reading {
        case .frame, .settings:
            return try receiveFrame(bytes, &position, at: now, &output)
        case .data(let frame):
            return continueData(frame, bytes, &position, &output)
        case .skipping(let count):
            let skipped = min(count, bytes.count - position)
            position += skipped
            reading = skipped == count ? .frame : .skipping(count - skipped)
            return skipped == count ? nil : .needMore
        case .preface(let matched):
            return try receivePreface(matched, bytes, &position)
        case .nothing(let fault):
            throw fault
        }
    }

    private mutating func receivePreface(
        _ matched: Int, _ bytes: Span<UInt8>, _ position: inout Int
    ) throws(HTTP2Fault) -> Event? {
        var matched = matched
        while position < bytes.count, matched < Preface.count {
            guard bytes[position] == Preface.bytes[matched] else {
                throw .protocolError(.malformedPreface)
            }
            position += 1
            matched += 1
        }
        reading = matched == Preface.count ? .settings : .preface(matched)
        return matched == Preface.count ? nil : .needMore
    }

    private mutating func receiveFrame(
        _ bytes: Span<UInt8>, _ position: inout Int, at now: Instant, _ output: inout ByteBuffer
    ) throws(HTTP2Fault) -> Event? {
        guard let header = FrameHeader(bytes, at: position) else { return .needMore }
        try check(header)
        guard let type = header.type else {
            try abuse.receivedUnknown(limits, at: now)
            position += FrameHeader.count
            reading = .skipping(header.length)
            return nil
        }
        if type == .data { return try receiveData(header, bytes, &position, at: now, &output) }
        let start = position + FrameHeader.count
        guard bytes.count - start >= header.length else { return .needMore }
        position = start + header.length
        let payload = bytes.extracting(start..<position)
        switch type {
        case .data, .pushPromise: return nil
        case .headers: return try receiveHeaders(header, payload, at: now, &output)
        case .continuation: return try receiveContinuation(header, payload, at: now, &output)
        case .priority: return try receivePriority(header, payload, at: now, &output)
        case .resetStream: return try receiveReset(header, payload, at: now)
        case .settings: return try receiveSettings(header, payload, at: now, &output)
        case .ping: return try receivePing(header, payload, at: now, &output)
        case .goAway: return receiveGoAway(payload)
        case .windowUpdate: return try receiveWindowUpdate(header, payload, at: now, &output)
        case .priorityUpdate: return try receivePriorityUpdate(payload, at: now)
        }
    }

    /// What can be said of a frame before its payload has come: whether it may come now, and
    /// whether its stream and size are possible (RFC 9113 §4.2, §5.1, §6).
    private func check(_ header: FrameHeader) throws(HTTP2Fault) {
        if case .settings = reading {
            // RFC 9113 §3.4
            guard header.type == .settings, !header.flags.contains(.acknowledgement) else {
                throw .protocolError(.settingsNotFirst)
            }
        }
        guard header.length <= limits.frameBytes else {
            throw HTTP2Fault(.frameSizeError, .frameTooLarge)
        }
        if let pending {
            // RFC 9113 §6.10
            guard header.type == .continuation, header.stream == pending.stream else {
                throw .protocolError(.interruptedSection)
            }
            return
        }
        guard let type = header.type else { return }
        switch type {
        case .data, .headers, .priority, .resetStream:
            guard header.stream != 0 else { throw .protocolError(.frameOnStreamZero) }
        case .settings, .ping, .goAway, .priorityUpdate:
            guard header.stream == 0 else { throw .protocolError(.frameOnStream) }
        case .pushPromise: throw .protocolError(.unexpectedPush)
        case .continuation: throw .protocolError(.strayContinuation)
        case .windowUpdate: break
        }
        guard Self.isPossible(header.length, of: type, header.flags) else {
            throw HTTP2Fault(.frameSizeError, .frameSize)
        }
        guard type == .data || type == .resetStream || type == .windowUpdate, header.stream != 0
        else { return }
        guard !isIdle(header.stream) else { throw .protocolError(.idleStream) }
    }

    /// PRIORITY's size is an error of its stream only, and looked at later.
    private static func isPossible(_ length: Int, of type: FrameType, _ flags: FrameFlags) -> Bool {
        switch type {
        case .data: length >= (flags.contains(.padded) ? 1 : 0)
        case .headers:
            length >= (flags.contains(.padded) ? 1 : 0) + (flags.contains(.priority) ? 5 : 0)
        case .resetStream, .windowUpdate: length == 4
        case .settings:
            flags.contains(.acknowledgement)
                ? length == 0 : length % HTTP2Settings.entryBytes == 0
        case .ping: length == 8
        case .goAway: length >= 8
        case .priorityUpdate: length >= 4
        case .priority, .pushPromise, .continuation: true
        }
    }

    /// Whether nobody has opened the stream yet, which is not closed either (RFC 9113 §5.1.1).
    func isIdle(_ stream: HTTP2StreamID) -> Bool {
        // Servers open none: nobody may push.
        guard stream % 2 == 1 else { return true }
        return role == .client ? stream >= nextOfOurs : stream > highestOfPeer
    }

    /// Says why the connection ends, once.
    private mutating func die(of fault: HTTP2Fault, _ output: inout ByteBuffer) {
        guard !isDead else { return }
        reading = .nothing(fault)
        // RFC 9113 §6.8: it cannot become higher.
        let last = saidGoAway ?? highestOfPeer
        saidGoAway = last
        output.appendGoAway(last: last, fault.code, fault.reason.description)
    }
}
