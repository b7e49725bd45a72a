// SPDX-License-Identifier: Apache-2.0

extension HTTP2Fault {
    /// A closed set, so that faults can be counted by reason.
    package enum Reason: Hashable, Sendable {
        // The peer ended it: RST_STREAM came.
        case resetByPeer

        // Connection and frames.
        case malformedPreface, settingsNotFirst
        case frameTooLarge, frameSize
        case frameOnStreamZero, frameOnStream
        case idleStream, closedStream, halfClosedStream, evenStream, streamGoesBack
        case paddingTooLong
        case interruptedSection, strayContinuation
        case unexpectedPush, clientOnlyFrame

        // What frames say.
        case settingValue
        case compression(HPACKError)
        case windowOverflow, zeroIncrement, windowExceeded
        case dependsOnItself, prioritizesNothing

        // Messages.
        case field(FieldFault)
        case missingPseudoHeader, unexpectedPseudoHeader, emptyPseudoHeader
        case malformedMethod, malformedScheme, malformedPath, malformedAuthority
        case differingAuthority, malformedStatus
        case malformedContentLength, repeatedContentLength, contentLengthMismatch
        case unexpectedContent, contentBeforeHead, endlessTrailers, interimEnds
        case unexpectedProtocol

        // Bounds.
        case tooManyStreams, draining, tooManyInterims

        // Abuse.
        case rapidReset, provokedResets
        case pingFlood, settingsFlood, emptyFrameFlood, priorityFlood, windowUpdateFlood
        case unknownFrameFlood, continuationFlood, sectionFlood, answersUnread
    }
}

extension HTTP2Fault.Reason: CaseIterable {
    package static var allCases: [HTTP2Fault.Reason] {
        [
            .resetByPeer, .malformedPreface, .settingsNotFirst, .frameTooLarge, .frameSize,
            .frameOnStreamZero, .frameOnStream, .idleStream, .closedStream, .halfClosedStream,
            .evenStream, .streamGoesBack, .paddingTooLong, .interruptedSection,
            .strayContinuation, .unexpectedPush, .clientOnlyFrame, .settingValue,
            .windowOverflow, .zeroIncrement, .windowExceeded, .dependsOnItself,
            .prioritizesNothing, .missingPseudoHeader, .unexpectedPseudoHeader,
            .emptyPseudoHeader, .malformedMethod, .malformedScheme, .malformedPath,
            .malformedAuthority, .differingAuthority, .malformedStatus,
            .malformedContentLength, .repeatedContentLength, .contentLengthMismatch,
            .unexpectedContent, .contentBeforeHead, .endlessTrailers, .interimEnds,
            .unexpectedProtocol, .tooManyStreams, .draining, .tooManyInterims, .rapidReset,
            .provokedResets, .pingFlood, .settingsFlood, .emptyFrameFlood, .priorityFlood,
            .windowUpdateFlood, .unknownFrameFlood, .continuationFlood, .sectionFlood,
            .answersUnread,
        ] + HPACKError.allCases.map { .compression($0) } + FieldFault.allCases.map { .field($0) }
    }
}

extension HTTP2Fault.Reason: CustomStringConvertible {
    /// What was wrong, for logs.
    package var description: String {
        switch self {
        case .resetByPeer: "the peer ended the stream"
        case .malformedPreface: "the connection does not begin with the preface of HTTP/2"
        case .settingsNotFirst: "the first frame is not SETTINGS"
        case .frameTooLarge: "a frame is larger than was announced"
        case .frameSize: "a frame does not have the size of its type"
        case .frameOnStreamZero: "a frame of a stream names none"
        case .frameOnStream: "a frame of the connection names a stream"
        case .idleStream: "a frame on a stream that was never opened"
        case .closedStream: "a frame on a stream that is closed"
        case .halfClosedStream: "a frame after the end of its stream"
        case .evenStream: "a stream opened by the wrong side"
        case .streamGoesBack: "a stream opened after a later one"
        case .paddingTooLong: "more padding than frame"
        case .interruptedSection: "another frame in the middle of a field section"
        case .strayContinuation: "CONTINUATION without a field section"
        case .unexpectedPush: "a pushed answer, which nobody may send us"
        case .clientOnlyFrame: "a frame that only clients send"
        case .settingValue: "a setting has a value that it cannot have (RFC 9113 §6.5.2)"
        case .compression(let error): error.description
        case .windowOverflow: "a flow-control window above 2^31-1"
        case .zeroIncrement: "a window is opened by nothing"
        case .windowExceeded: "more content than the window allows"
        case .dependsOnItself: "a stream depends on itself"
        case .prioritizesNothing: "a priority for no stream"
        case .field(let fault): fault.description
        case .missingPseudoHeader: "a pseudo-header field is missing"
        case .unexpectedPseudoHeader: "a pseudo-header field that does not belong there"
        case .emptyPseudoHeader: "an empty pseudo-header field"
        case .malformedMethod: "the method is not a token"
        case .malformedScheme: "the scheme is neither http nor https"
        case .malformedPath: "the path breaks the grammar (RFC 9113 §8.3.1)"
        case .malformedAuthority: "the authority is not a host with an optional port"
        case .differingAuthority: "the authority and the Host field name different hosts"
        case .malformedStatus: "the status is not a number from 100 to 599, or is 101"
        case .malformedContentLength: "Content-Length is not one number"
        case .repeatedContentLength: "more than one Content-Length field"
        case .contentLengthMismatch: "not as much content as Content-Length says"
        case .unexpectedContent: "content where there can be none"
        case .contentBeforeHead: "content before the answer's head"
        case .endlessTrailers: "trailers that do not end the stream"
        case .interimEnds: "an interim answer that ends the stream"
        case .unexpectedProtocol: "an extended CONNECT that we did not allow"
        case .tooManyStreams: "more concurrent streams than were announced"
        case .draining: "a stream opened after we said goodbye"
        case .tooManyInterims: "too many interim answers"
        case .rapidReset: "streams are opened and reset too often"
        case .provokedResets: "resets are provoked too often"
        case .pingFlood: "too many PING frames"
        case .settingsFlood: "too many SETTINGS frames"
        case .emptyFrameFlood: "too many frames without content"
        case .priorityFlood: "too many priority signals"
        case .windowUpdateFlood: "too many WINDOW_UPDATE frames"
        case .unknownFrameFlood: "too many frames of unknown types"
        case .continuationFlood: "a field section in too many frames"
        case .sectionFlood: "a field block that is too large"
        case .answersUnread: "our answers are asked for and not read"
        }
    }
}
