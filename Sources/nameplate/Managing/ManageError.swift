// SPDX-License-Identifier: Apache-2.0

/// Why an operation was not done.
enum ManageError: Error {
    /// The API said no: wrong input, nothing there, not permitted.
    case declined(String)
    /// The log does not go back so far; its oldest event is the one behind this id.
    case eventsGone(String, after: String)
    /// It cannot be reached, or cannot answer now.
    case unreachable(String)
    /// Where it is, or as whom to call it, cannot be found out.
    case unknownTarget(String)
    case configuration(ConfigurationProblems)
}
