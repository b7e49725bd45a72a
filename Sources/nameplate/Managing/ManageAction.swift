// SPDX-License-Identifier: Apache-2.0
import Registry

/// A word after `domains`, `certificates` or `events`, and the operation that it stands for.
struct ManageAction: Sendable {
    let resource: String
    let word: String
    /// The operands, as the usage shows them.
    let operands: String
    let count: ClosedRange<Int>
    let options: [ManageOption]
    let operation: @Sendable (CommandWords<ManageOption>) throws(UsageError) -> ManageOperation

    static let all = domains + certificates + events

    /// No action takes more.
    static let operandsMax = 100

    /// Throws when there are options that it does not know, or too few or too many operands.
    func check(_ words: CommandWords<ManageOption>) throws(UsageError) {
        let known = options + ManageOption.common
        if let wrong = words.options.first(where: { !known.contains($0.option) }) {
            throw UsageError(
                sentence: "\(resource) \(word) does not know \(wrong.option.rawValue)")
        }
        try words.forbid(.url, with: .config)
        try words.forbid(.url, with: .client)
        guard count.contains(words.operands.count) else {
            throw UsageError(
                sentence: operands.isEmpty
                    ? "\(resource) \(word) wants nothing after it"
                    : "\(resource) \(word) wants \(operands) after it")
        }
    }

    // MARK: Domains

    private static let domains = [
        ManageAction(
            resource: "domains", word: "list", operands: "", count: 0...0,
            options: [.name, .reference, .state]
        ) { words throws(UsageError) in
            ManageOperation(
                path: ["domains"],
                query: words.parameters([
                    (.name, "name"), (.reference, "client_reference"), (.state, "state"),
                ]), answer: .list(.domain))
        },
        ManageAction(
            resource: "domains", word: "show", operands: "DOMAIN", count: 1...1, options: []
        ) { words throws(UsageError) in
            ManageOperation(path: ["domains", words.operands[0]], answer: .members)
        },
        ManageAction(
            resource: "domains", word: "add", operands: "DOMAIN", count: 1...1,
            options: [.origin, .reference]
        ) { words throws(UsageError) in
            ManageOperation(
                method: "POST", path: ["domains"],
                body: words.members(
                    ["name": .string(words.operands[0])], [(.reference, "client_reference")],
                    origins: words.texts(.origin)),
                answer: .object(.domain))
        },
        ManageAction(
            resource: "domains", word: "check", operands: "DOMAIN", count: 1...1, options: []
        ) { words throws(UsageError) in
            ManageOperation(
                method: "POST", path: ["domains", words.operands[0], "check"], answer: .report)
        },
        ManageAction(
            resource: "domains", word: "provision", operands: "DOMAIN", count: 1...1,
            options: [.wait]
        ) { words throws(UsageError) in
            ManageOperation(
                method: "POST", path: ["domains", words.operands[0], "provision"],
                answer: .object(.issuance), waits: words.contains(.wait))
        },
        ManageAction(
            resource: "domains", word: "remove", operands: "DOMAIN", count: 1...1,
            options: [.revoke]
        ) { words throws(UsageError) in
            ManageOperation(
                method: "DELETE", path: ["domains", words.operands[0]],
                query: words.revocation, answer: .done("\(words.operands[0]) is out of service"))
        },
        ManageAction(
            resource: "domains", word: "set-origin", operands: "DOMAIN [URL…]",
            count: 1...operandsMax, options: []
        ) { words throws(UsageError) in
            let urls = words.operands.dropFirst().map { JSONValue.string($0) }
            return ManageOperation(
                method: "PATCH", path: ["domains", words.operands[0]],
                body: ["application_urls": .array(urls)], answer: .object(.domain))
        },
    ]

    // MARK: Certificates

    private static let certificates = [
        ManageAction(
            resource: "certificates", word: "list", operands: "", count: 0...0,
            options: [.expiresBefore, .name, .reference, .state]
        ) { words throws(UsageError) in
            ManageOperation(
                path: ["certificates"],
                query: words.parameters([
                    (.expiresBefore, "expires_before"), (.name, "name"),
                    (.reference, "client_reference"), (.state, "state"),
                ]), answer: .list(.certificate))
        },
        ManageAction(
            resource: "certificates", word: "show", operands: "CERTIFICATE", count: 1...1,
            options: []
        ) { words throws(UsageError) in
            ManageOperation(path: try words.certificate(), answer: .members)
        },
        ManageAction(
            resource: "certificates", word: "order", operands: "NAME… or --request FILE",
            count: 0...operandsMax, options: [.keyAlgorithm, .reference, .request, .wait]
        ) { words throws(UsageError) in
            guard !words.operands.isEmpty || words.contains(.request) else {
                throw UsageError(
                    sentence: "certificates order wants NAME… or --request FILE after it")
            }
            let names = words.operands.map { JSONValue.string($0) }
            return ManageOperation(
                method: "POST", path: ["certificates"],
                body: words.members(
                    names.isEmpty ? [:] : ["names": .array(names)],
                    [(.keyAlgorithm, "key_algorithm"), (.reference, "client_reference")]),
                files: words.files([(.request, "request")]), answer: .object(.certificate),
                waits: words.contains(.wait))
        },
        issuing("renew", "renewal"),
        issuing("reissue", "reissue"),
        ManageAction(
            resource: "certificates", word: "download", operands: "CERTIFICATE or VERSION",
            count: 1...1, options: [.form, .output]
        ) { words throws(UsageError) in
            let form = words.text(.form) ?? "chain"
            guard let file = forms[form] else {
                throw UsageError(
                    sentence: "--as wants chain, certificate, issuers, request, pkcs7, zip or "
                        + "key, found \(JSON5Value.quoted(form))")
            }
            return ManageOperation(
                path: try words.version() + [file],
                answer: .file(path: words.text(.output), isSecret: form == "key"))
        },
        ManageAction(
            resource: "certificates", word: "upload",
            operands: "--certificate FILE and --key FILE or --issuance ID, and nothing",
            count: 0...0, options: [.certificate, .issuance, .key, .reference]
        ) { words throws(UsageError) in
            guard words.contains(.certificate), words.contains(.key) != words.contains(.issuance)
            else {
                throw UsageError(
                    sentence: "certificates upload wants --certificate FILE, and --key FILE or "
                        + "--issuance ID")
            }
            return ManageOperation(
                method: "POST", path: ["versions"],
                body: words.members(
                    [:], [(.issuance, "issuance_id"), (.reference, "client_reference")]),
                files: words.files([(.certificate, "certificate"), (.key, "private_key")]),
                answer: .object(.version))
        },
        ManageAction(
            resource: "certificates", word: "revoke", operands: "CERTIFICATE or VERSION",
            count: 1...1, options: [.reason]
        ) { words throws(UsageError) in
            ManageOperation(
                method: "POST", path: try words.version() + ["revoke"],
                body: words.members([:], [(.reason, "reason")]), answer: .object(.version))
        },
        ManageAction(
            resource: "certificates", word: "remove", operands: "CERTIFICATE", count: 1...1,
            options: [.revoke]
        ) { words throws(UsageError) in
            ManageOperation(
                method: "DELETE", path: try words.certificate(), query: words.revocation,
                answer: .done("\(words.operands[0]) is out of service"))
        },
    ]

    private static func issuing(_ word: String, _ reason: String) -> ManageAction {
        ManageAction(
            resource: "certificates", word: word, operands: "CERTIFICATE", count: 1...1,
            options: [.keyAlgorithm, .request, .revoke, .wait]
        ) { words throws(UsageError) in
            var body = words.members(
                ["reason": .string(reason)], [(.keyAlgorithm, "key_algorithm")])
            if words.contains(.revoke) { body["revoke_predecessor"] = true }
            return ManageOperation(
                method: "POST", path: try words.certificate() + ["issuances"], body: body,
                files: words.files([(.request, "request")]), answer: .object(.issuance),
                waits: words.contains(.wait))
        }
    }

    /// The files of a version.
    private static let forms = [
        "chain": "chain.pem", "certificate": "certificate.pem", "issuers": "issuers.pem",
        "request": "request.pem", "pkcs7": "chain.p7b", "zip": "bundle.zip",
        "key": "private-key.pem",
    ]

    // MARK: Events

    private static let events = [
        ManageAction(
            resource: "events", word: "list", operands: "", count: 0...0,
            options: [.after, .follow, .type]
        ) { words throws(UsageError) in
            var query: [ManageOperation.Parameter] = []
            if let after = words.text(.after) {
                let isNumber = after.allSatisfy { $0.isASCII && $0.isNumber }
                query.append(.init(name: "after", value: isNumber ? "evt_\(after)" : after))
            }
            let types = words.texts(.type).joined(separator: ",")
            if !types.isEmpty { query.append(.init(name: "types", value: types)) }
            return ManageOperation(
                path: ["events"], query: query, answer: .events(follows: words.contains(.follow)))
        }
    ]
}

extension CommandWords<ManageOption> {
    fileprivate func parameters(
        _ names: [(ManageOption, String)]
    ) -> [ManageOperation.Parameter] {
        names.compactMap { option, name in
            text(option).map { ManageOperation.Parameter(name: name, value: $0) }
        }
    }

    fileprivate func members(
        _ members: [String: JSONValue], _ names: [(ManageOption, String)], origins: [String] = []
    ) -> [String: JSONValue] {
        var members = members
        for (option, name) in names {
            if let text = text(option) { members[name] = .string(text) }
        }
        if !origins.isEmpty {
            members["application_urls"] = .array(origins.map { .string($0) })
        }
        return members
    }

    fileprivate func files(_ names: [(ManageOption, String)]) -> [String: String] {
        var files: [String: String] = [:]
        for (option, name) in names { files[name] = text(option) }
        return files
    }

    fileprivate var revocation: [ManageOperation.Parameter] {
        contains(.revoke) ? [ManageOperation.Parameter(name: "revoke", value: "true")] : []
    }

    /// The path of the certificate that the operand is.
    fileprivate func certificate() throws(UsageError) -> [String] {
        let id = operands.first ?? ""
        guard id.hasPrefix("crt_") else {
            throw UsageError(
                sentence: "a CERTIFICATE is an id such as crt_12, found \(JSON5Value.quoted(id))")
        }
        return ["certificates", id]
    }

    /// The path of the version that the operand is, or of its certificate's current one.
    fileprivate func version() throws(UsageError) -> [String] {
        let id = operands.first ?? ""
        if id.hasPrefix("ver_") { return ["versions", id] }
        return try certificate() + [ManageOperation.currentVersion]
    }
}
