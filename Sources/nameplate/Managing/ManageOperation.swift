// SPDX-License-Identifier: Apache-2.0
import Registry

/// One operation of the management API, and how its answer is shown.
struct ManageOperation: Equatable {
    struct Parameter: Equatable {
        let name: String
        let value: String
    }

    enum Answer: Equatable {
        /// All pages of a list, an object a line.
        case list(ManageColumns)
        case object(ManageColumns)
        /// An object with a member a line.
        case members
        /// What DNS says: no means no.
        case report
        /// Nothing; said in the place of it.
        case done(String)
        /// Bytes, to a file or standard output.
        case file(path: String?, isSecret: Bool)
        /// Events; then those to come, without end.
        case events(follows: Bool)
    }

    var method = "GET"
    /// The segments below `/edge/v1`.
    var path: [String]
    var query: [Parameter] = []
    var body: [String: JSONValue]?
    /// Members of the body whose values are what is in these files.
    var files: [String: String] = [:]
    var answer: Answer
    /// Whether what it begins is waited for.
    var waits = false

    /// In the path, stands for the id of the current version of the certificate before it.
    static let currentVersion = "{current version}"
}

/// What is shown of an object in a line.
enum ManageColumns: Equatable {
    case domain, certificate, issuance, version, event

    /// Members, with a dot before members of members.
    var names: [String] {
        switch self {
        case .domain:
            ["id", "name", "state", "certificate_id", "application_urls", "client_reference"]
        case .certificate:
            [
                "id", "state", "names", "current_version_id", "open_issuance_id",
                "client_reference",
            ]
        case .issuance:
            [
                "id", "state", "reason", "certificate_id", "version_id", "failure.code",
                "failure.detail",
            ]
        case .version: ["id", "state", "names", "not_after", "serial", "certificate_id"]
        case .event:
            ["id", "at", "type", "subject.id", "subject.name", "cause", "actor", "request_id"]
        }
    }
}
