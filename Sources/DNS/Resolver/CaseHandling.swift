// SPDX-License-Identifier: Apache-2.0

/// What a server was seen to make of upper case in a question.
enum CaseHandling {
    /// It has nothing for a name in upper case: wrong by RFC 4343, and what pebble-challtestsrv
    /// does. Such a server is asked in lower case.
    case exact
    /// Upper case is lower case, so that questions may mix the two.
    case folding
}
