// SPDX-License-Identifier: Apache-2.0
import DNS

/// A lookup that failed: whose trouble it is, in a sentence. No record of the domain is wrong.
struct LookupTrouble {
    let cause: Ineligibility.Cause
    let sentence: String

    init(_ failure: ResolutionFailure, _ question: Question, _ error: ExtendedError?) {
        switch failure {
        case .aliasLoop, .chainTooLong, .serverFailure:
            cause = .serverFailure
            sentence = Self.serverFailure(failure, question, error)
        case .overloaded, .timedOut, .unreachable:
            cause = .noAnswer
            sentence =
                "Our resolvers gave no answer for \(question) (\(failure)); "
                + "nothing has to be changed at the domain."
        case .lame, .malformed, .refused, .unexpected:
            cause = .resolverFailure
            sentence =
                "Our resolvers gave no usable answer for \(question) (\(failure)); "
                + "nothing has to be changed at the domain."
        }
    }

    private static func serverFailure(
        _ failure: ResolutionFailure, _ question: Question, _ error: ExtendedError?
    ) -> String {
        if let error, error.blamesDNSSEC {
            return "The DNSSEC signatures of \(question.name) do not verify (\(error)): "
                + "whoever runs its DNS has to repair them."
        }
        return "The DNS servers of \(question.name) fail when asked for \(question.type) records "
            + "(\(failure)): whoever runs its DNS has to repair them."
    }
}
