// SPDX-License-Identifier: Apache-2.0
import ACME
import Foundation
import HTTP
import TLS

/// Everything the scripted CA knows, and how it answers.
struct State {
    var options: ScriptedCA.Options
    var scripts: [String: [ScriptedCA.Outcome]] = [:]
    var requests: [ScriptedCA.Request] = []
    var nonces: Set<String> = []
    var nonceNumber = 0
    /// Account URLs by public key.
    var accounts: [String: String] = [:]
    var accountNumber = 0
    var orders: [Order] = []
    var revoked: [String] = []
    let authority = try! CertificateAuthority.create(
        commonName: "Scripted CA", validity: Date.now.addingTimeInterval(-60)..<Date.distantFuture)

    struct Order {
        let names: [String]
        var validated: Set<Int> = []
        var looks: Int
        var isReady = false
        var chain: [UInt8]?
    }

    mutating func answer(_ request: ClientRequest) -> ScriptedCA.Outcome {
        let path = request.url.target
        let signed = request.method == "POST" ? Signed(request.body) : nil
        requests.append(
            .init(
                method: request.method, path: path, payload: signed?.payload ?? "",
                nonce: signed?.nonce))
        let isFresh = signed.map { nonces.remove($0.nonce) != nil } ?? true
        for (prefix, outcomes) in scripts where path.hasPrefix(prefix) && !outcomes.isEmpty {
            scripts[prefix]?.removeFirst()
            return outcomes[0].map { withNonce($0) }
        }
        guard isFresh else {
            return ScriptedCA.Outcome.problem("badNonce", 400).map { withNonce($0) }
        }
        return .success(withNonce(resource(path, signed)))
    }

    private mutating func withNonce(_ answer: ClientResponse) -> ClientResponse {
        nonceNumber += 1
        nonces.insert("nonce\(nonceNumber)")
        var answer = answer
        answer.fields.append(name: "Replay-Nonce".utf8.span, value: "nonce\(nonceNumber)".utf8.span)
        return answer
    }

    private mutating func resource(_ path: String, _ signed: Signed?) -> ClientResponse {
        let parts = path.split(separator: "/").map(String.init)
        let numbers = (parts.dropFirst().first ?? "").split(separator: ".").compactMap { Int($0) }
        switch (parts.first, signed) {
        case ("dir", nil): return json(200, directory)
        case ("nonce", nil): return json(200, "")
        case ("renewal", nil):
            return json(
                200,
                """
                {"suggestedWindow":{"start":"2026-01-01T00:00:00Z","end":"2026-01-02T00:00:00.5Z"},
                "explanationURL":"https://ca.example/why"}
                """, ("Retry-After", "21600"))
        case ("account", let signed?): return openAccount(signed)
        case (_, let signed?) where !isKnown(signed):
            return problem("accountDoesNotExist", 400)
        case ("order", let signed?) where numbers.isEmpty: return placeOrder(signed)
        case ("order", _?): return show(numbers[0])
        case ("authz", _?): return authorization(numbers[0], numbers[1])
        case ("challenge", _?):
            orders[numbers[0]].validated.insert(numbers[1])
            orders[numbers[0]].looks = options.looks
            return json(200, #"{"type":"x","status":"processing","url":"\#(url("challenge/0"))"}"#)
        case ("finalize", let signed?): return finalize(numbers[0], signed)
        case ("cert", _?):
            guard let chain = orders[numbers[0]].chain else { return problem("malformed", 404) }
            return response(200, "application/pem-certificate-chain", chain, [])
        case ("revoke", let signed?):
            revoked.append(signed.payload)
            return json(200, "")
        default: return response(404, "text/plain", Array("no such page".utf8), [])
        }
    }

    private var directory: String {
        let renewal = options.offersRenewalInfo ? #","renewalInfo":"\#(url("renewal"))""# : ""
        return """
            {"newNonce":"\(url("nonce"))","newAccount":"\(url("account"))",
            "newOrder":"\(url("order"))","revokeCert":"\(url("revoke"))"\(renewal),
            "meta":{"caaIdentities":["ca.example"],"profiles":{"short":"six days"},"more":[1]}}
            """
    }

    private mutating func openAccount(_ signed: Signed) -> ClientResponse {
        guard let key = signed.key else { return problem("malformed", 400) }
        let isNew = accounts[key] == nil
        if isNew {
            accountNumber += 1
            accounts[key] = url("acct/\(accountNumber)")
        }
        return json(
            isNew ? 201 : 200, #"{"status":"valid"}"#, ("Location", accounts[key] ?? ""))
    }

    private func isKnown(_ signed: Signed) -> Bool {
        signed.key != nil || accounts.values.contains(signed.account ?? "")
    }

    private mutating func placeOrder(_ signed: Signed) -> ClientResponse {
        struct NewOrder: Decodable { let identifiers: [Identifier] }
        let body = try! JSONDecoder().decode(NewOrder.self, from: Data(signed.payload.utf8))
        orders.append(Order(names: body.identifiers.map(\.value), looks: options.looks))
        let number = orders.count - 1
        return json(201, order(number), ("Location", url("order/\(number)")))
    }

    private mutating func show(_ number: Int) -> ClientResponse {
        if orders[number].looks > 0 {
            orders[number].looks -= 1
        } else {
            orders[number].isReady = true
        }
        return json(200, order(number))
    }

    private func status(_ order: Order) -> String {
        if order.chain != nil { return order.looks > 0 ? "processing" : "valid" }
        guard order.validated.count == order.names.count else { return "pending" }
        return options.isSlowToGetReady && !order.isReady ? "pending" : "ready"
    }

    private func order(_ number: Int) -> String {
        let order = orders[number]
        let status = status(order)
        let identifiers = order.names.map { #"{"type":"dns","value":"\#($0)"}"# }
        let authorizations = order.names.indices.map { #""\#(url("authz/\(number).\($0)"))""# }
        let certificate = status == "valid" ? #","certificate":"\#(url("cert/\(number)"))""# : ""
        return """
            {"status":"\(status)","identifiers":[\(identifiers.joined(separator: ","))],
            "authorizations":[\(authorizations.joined(separator: ","))],
            "finalize":"\(url("finalize/\(number)"))"\(certificate)}
            """
    }

    private mutating func authorization(_ number: Int, _ index: Int) -> ClientResponse {
        var status = "pending"
        if orders[number].validated.contains(index) {
            if orders[number].looks > 0 { orders[number].looks -= 1 } else { status = "valid" }
        }
        // RFC 8555 §7.1.4: a wildcard's authorization has the name above it and says so.
        let name = orders[number].names[index]
        let isWildcard = name.hasPrefix("*.")
        let base = isWildcard ? String(name.dropFirst(2)) : name
        let wildcard = isWildcard ? #","wildcard":true"# : ""
        let offered = isWildcard ? ["dns-01"] : options.offersChallenges
        let challenges = offered.map { type in
            """
            {"type":"\(type)","status":"pending","token":"token-\(number)-\(index)",
            "url":"\(url("challenge/\(number).\(index)"))"}
            """
        }
        return json(
            200,
            """
            {"status":"\(status)","identifier":{"type":"dns","value":"\(base)"}\(wildcard),
            "challenges":[\(challenges.joined(separator: ","))]}
            """)
    }

    private mutating func finalize(_ number: Int, _ signed: Signed) -> ClientResponse {
        guard status(orders[number]) == "ready" else { return problem("orderNotReady", 403) }
        struct Finalization: Decodable { let csr: String }
        let body = try! JSONDecoder().decode(Finalization.self, from: Data(signed.payload.utf8))
        let request = try! CertificateRequest(der: Base64URL.decode(body.csr)!)
        let validity = Date.now.addingTimeInterval(-60)..<Date.now.addingTimeInterval(3600)
        let chain =
            options.certifiesAnotherKey
            ? try! authority.issue(
                names: request.names, key: .generate(.p256), validity: validity)
            : try! authority.issue(request, validity: validity)
        orders[number].chain = try! chain.pem
        orders[number].looks = options.looks
        return json(200, order(number))
    }

    private func url(_ path: String) -> String { "\(ScriptedCA.base)/\(path)" }

    private func json(
        _ status: Int, _ body: String, _ fields: (String, String)...
    ) -> ClientResponse {
        response(status, "application/json", Array(body.utf8), fields)
    }

    private func problem(_ name: String, _ status: Int) -> ClientResponse {
        let body = #"{"type":"urn:ietf:params:acme:error:\#(name)","detail":"no"}"#
        return response(status, "application/problem+json", Array(body.utf8), [])
    }
}

/// The parts of a signed request that the CA looks at.
private struct Signed {
    let payload: String
    let nonce: String
    let account: String?
    /// The public key, when the request shows it.
    let key: String?

    init?(_ body: [UInt8]) {
        struct Header: Decodable {
            let nonce: String
            let kid: String?
            let jwk: [String: String]?
        }
        guard let whole = try? JSONDecoder().decode(JSONWebSignature.self, from: Data(body)),
            let protected = Base64URL.decode(whole.protected),
            let header = try? JSONDecoder().decode(Header.self, from: Data(protected)),
            let payload = Base64URL.decode(whole.payload)
        else { return nil }
        self.payload = String(decoding: payload, as: UTF8.self)
        nonce = header.nonce
        account = header.kid
        key = header.jwk.map { $0.sorted { $0.key < $1.key }.description }
    }
}
