// SPDX-License-Identifier: Apache-2.0

/// The options of `nameplate domains`, `certificates` and `events`.
enum ManageOption: String, CommandOption {
    case after = "--after"
    case certificate = "--certificate"
    case client = "--client"
    case config = "--config"
    case expiresBefore = "--expires-before"
    case follow = "--follow"
    case form = "--as"
    case issuance = "--issuance"
    case json = "--json"
    case key = "--key"
    case keyAlgorithm = "--key-algorithm"
    case name = "--name"
    case origin = "--origin"
    case output = "--output"
    case reason = "--reason"
    case reference = "--reference"
    case request = "--request"
    case revoke = "--revoke"
    case state = "--state"
    case trustedRoots = "--trusted-roots"
    case type = "--type"
    case url = "--url"
    case wait = "--wait"

    /// Those of every action: where the API is, and how the answer is shown.
    static let common: [ManageOption] = [.client, .config, .json, .trustedRoots, .url]

    var argument: OptionArgument {
        switch self {
        case .follow, .json, .revoke, .wait: .none
        case .after: .required("the id of an event")
        case .certificate, .config, .key, .output, .request, .trustedRoots:
            .required("the path of a file")
        case .client: .required("an application_id")
        case .expiresBefore: .required("a time, as in \"2027-01-31T12:00:00Z\",")
        case .form: .required("chain, certificate, issuers, request, pkcs7, zip or key")
        case .issuance: .required("the id of an issuance")
        case .keyAlgorithm: .required("\"ecdsa-p256\" or \"rsa-2048\"")
        case .name: .required("a host name")
        case .origin, .url: .required("a URL")
        case .reason: .required("a reason, as in \"key_compromise\",")
        case .reference: .required("a text")
        case .state: .required("a state")
        case .type: .required("a type, as in \"version.issued\",")
        }
    }

    var isRepeatable: Bool { self == .origin || self == .type }
}
