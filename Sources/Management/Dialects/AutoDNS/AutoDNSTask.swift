// SPDX-License-Identifier: Apache-2.0
import Registry

/// What AutoDNS numbers its calls by: the number is part of every answer's code.
enum AutoDNSTask: String, CaseIterable, Sendable {
    case prepareOrder = "400110"
    case create = "400101"
    case createRealtime = "4001012"
    case reissue = "400102"
    case delete = "400103"
    case info = "400104"
    case search = "400105"
    case renew = "400106"
    case comment = "4001024"
    case revoke = "4001031"
    case resendMail = "400118"
    case jobInfo = "300114"
    case jobCancel = "300121"
    case jobConfirm = "300122"
    case pollInfo = "0905"
    case pollConfirm = "0906"
    case contactCreate = "400201"
    case contactUpdate = "400202"
    case contactDelete = "400203"
    case contactInfo = "400204"
    case contactSearch = "400205"
    case login = "1321001"
    case logout = "1321002"
    case hello = "1321003"
    /// A call that is none here.
    case unknown = "000000"

    /// What is said of one that succeeded, or that was begun.
    var text: String {
        switch self {
        case .prepareOrder: "The certificate order was prepared successfully."
        case .create: "Certificate create was started successfully."
        case .createRealtime: "The certificate was created successfully."
        case .reissue: "Certificate reissue was started successfully."
        case .delete: "The certificate was deleted successfully."
        case .info: "Certificate was inquired successfully."
        case .search: "Certificates were inquired successfully."
        case .renew: "Certificate renew was started successfully."
        case .comment: "The comment was updated successfully."
        case .revoke: "The certificate was revoked successfully."
        case .resendMail: "The mail was sent again successfully."
        case .jobInfo: "Job was inquired successfully."
        case .jobCancel: "The job was canceled successfully."
        case .jobConfirm: "The job was confirmed successfully."
        case .pollInfo: "Poll message was retrieved."
        case .pollConfirm: "The notification was confirmed successfully."
        case .contactCreate: "The SSL contact was created successfully."
        case .contactUpdate: "The SSL contact was updated successfully."
        case .contactDelete: "The SSL contact was deleted successfully."
        case .contactInfo: "SSL contact was inquired successfully."
        case .contactSearch: "SSL contacts were inquired successfully."
        case .login: "The login was successful."
        case .logout: "The logout was successful."
        case .hello: "The session is alive."
        case .unknown: ""
        }
    }

    /// What is said of one that did not.
    var failure: String {
        switch self {
        case .unknown: "There is no such call here."
        default: "The task \(rawValue) could not be completed."
        }
    }
}

/// What surrounds every answer: `stid`, `status`, `object`, `messages`, `data`.
struct AutoDNSEnvelope: Sendable {
    /// How it went: the first letter of the code, and the type.
    enum Outcome: String, Sendable {
        case success = "SUCCESS"
        /// A job was begun.
        case notify = "NOTIFY"
        case error = "ERROR"

        var letter: String {
            switch self {
            case .success: "S"
            case .notify: "N"
            case .error: "E"
            }
        }
    }

    let outcome: Outcome
    let task: AutoDNSTask
    var object: JSONObject?
    var messages: [JSONValue] = []
    var data: [JSONValue] = []

    typealias JSONObject = [String: JSONValue]

    /// What is spoken of: `{"type": "Certificate", "value": "www.example.com"}`.
    static func object(_ type: String, _ value: String, summary: Int? = nil) -> JSONObject {
        var object: JSONObject = ["type": .string(type), "value": .string(value)]
        if let summary { object["summary"] = .integer(summary) }
        return object
    }

    /// The transaction that a request is, and that what follows from it is told by: opaque to clients.
    static func transaction(_ requestID: String) -> JSONValue { .string("edge-\(requestID)") }

    func json(_ request: ManagementRequest) -> JSONValue {
        var body: JSONObject = [
            "stid": Self.transaction(request.requestID),
            "status": [
                "code": .string(outcome.letter + task.rawValue),
                "text": .string(outcome == .error ? task.failure : task.text),
                "type": .string(outcome.rawValue),
            ],
            "data": .array(data),
        ]
        if let object { body["object"] = .object(object) }
        if !messages.isEmpty { body["messages"] = .array(messages) }
        if let id = request.clientTransaction { body["ctid"] = .string(id) }
        return .object(body)
    }
}

extension ManagementRequest {
    /// The client's own name for the transaction.
    var clientTransaction: String? { field("X-Domainrobot-Ctid") }
}
