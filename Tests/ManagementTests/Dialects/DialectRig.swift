// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
@testable import Management
import Networking
@testable import Provisioning
import Registry
import Storage
import Synchronization
import TLS

/// All dialects over one service with an internal CA, real records and a DNS that the test makes up.
final class DialectRig: Sendable {
    let services: DialectServices
    let dialects: [any ManagementDialect]
    let lifecycle: Lifecycle
    let registry: Registry
    let check = DNSDouble()
    let internalIssuer: InternalIssuer
    private let loops: [EventLoop]
    private let path: String

    static let plan = "3f7830c3-3fa4-404d-908f-35daaa1cd17b"
    static let secret = "secret-of-app"
    /// Reads only.
    static let readerSecret = "secret-of-reader"
    static let keysSecret = "secret-of-keys"
    /// Has an account of its own.
    static let strangerSecret = "secret-of-stranger"

    init(
        zone: ChallengeZoneName? = ChallengeZoneName(name("acme.edge.test")),
        configuration: Lifecycle.Configuration = Lifecycle.Configuration(),
        lookedAtMax: Int = Registry.lookedAtMaxDefault,
        asking: (InternalIssuer) -> any Issuer = { $0 }
    ) async throws {
        path = NSTemporaryDirectory() + "nameplate-dialects-\(UInt64.random(in: 0 ... .max))"
        let (control, work) = (try EventLoop(name: "control"), try EventLoop(name: "storage"))
        let management = try EventLoop(name: "management")
        loops = [management, control, work]
        let store = try FileStore(root: path, on: work)
        let keys = LeafKeys(on: work)
        let issuer = InternalIssuer(store: store, keys: keys, loop: control)
        internalIssuer = issuer
        let dataLoops = DataLoops(control: control)
        let table = LoopBound(CertificateTable(loops: dataLoops), on: control)
        let refusals = LoopBound(
            Refusals(
                loops: dataLoops, store: store, control: control, work: work,
                events: Unheard(), clock: { Date() }), on: control)
        registry = Registry(
            store: try RecordFiles(directory: path + "/records", on: work), loop: control,
            lookedAtMax: lookedAtMax)
        var policy = ProvisioningPolicy(check: check, issuers: IssuerSequence([asking(issuer)]))
        policy.zone = zone
        let provisioner = Provisioner(
            loop: control, table: table, refusals: refusals,
            files: CertificateFiles(store: store, work: work), policy: policy, events: Unheard())
        lifecycle = Lifecycle(
            registry: registry, provisioner: provisioner, table: table, keys: keys, zone: zone,
            originsDidChange: { _ in }, configuration: configuration, loop: control)
        try await lifecycle.start()
        let access = AccessControl(
            [
                Self.credential("app", "main", [.read, .write], Self.secret),
                Self.credential("reader", "main", [.read], Self.readerSecret),
                Self.credential("keys", "main", [.read, .write, .keys], Self.keysSecret),
                Self.credential("stranger", "other", [.read, .write], Self.strangerSecret),
            ], tokenKey: [UInt8](repeating: 7, count: 32), on: management)
        services = DialectServices(
            lifecycle: lifecycle, access: access,
            catalogue: Catalogue(
                plans: [.init(id: Self.plan, name: "Edge DV")], products: ["SSL123"]),
            target: name("edge.test"), applicationURL: "http://127.0.0.1:9000",
            refusal: { $0.hasPrefix("https://") ? nil : "expected https" })
        dialects = services.dialects
    }

    deinit {
        for loop in loops { loop.shutdown() }
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func credential(
        _ id: String, _ account: String, _ scopes: Set<ManagementClient.Scope>, _ secret: String
    ) -> ClientCredential {
        ClientCredential(
            client: ManagementClient(applicationID: id, account: account, scopes: scopes),
            secret: secret)
    }

    // MARK: Calling

    /// A request of a client that presents its secret as every dialect takes it.
    func request(
        _ method: String, _ target: String, _ body: String = "",
        _ fields: [(String, String)]? = nil, secret: String = DialectRig.secret
    ) -> ManagementRequest {
        let given = fields ?? [("Authorization", "Bearer \(secret)")]
        var all = Fields()
        for (name, value) in given { all.append(name: name.utf8.span, value: value.utf8.span) }
        return ManagementRequest(
            method: method, target: target, fields: all,
            body: Array(body.utf8), peer: .v4(0x7f00_0001), requestID: "request-1")
    }

    func send(_ request: ManagementRequest) async throws -> ManagementResponse {
        guard let dialect = dialects.first(where: { $0.claims(request) }) else {
            throw Unclaimed(path: request.path)
        }
        return await dialect.respond(to: request)
    }

    @discardableResult
    func send(
        _ method: String, _ target: String, _ body: String = "",
        _ fields: [(String, String)]? = nil, secret: String = DialectRig.secret
    ) async throws -> ManagementResponse {
        try await send(request(method, target, body, fields, secret: secret))
    }

    struct Unclaimed: Error { let path: String }

    /// How much has happened in an account: what must not change when a call is declined.
    func eventCount(_ account: String = "main") async throws -> Int {
        let caller = Caller(account: account, actor: "test", requestID: "r")
        return try await lifecycle.events(EventFilter(), after: nil, limit: 500, for: caller)
            .elements.count
    }

    /// A request for a signature in PEM, by a key that only the test has.
    static func signingRequest(_ names: String...) throws -> String {
        let der = try CertificateRequest.der(
            names: names.compactMap { CertificateName($0) }, key: PrivateKey.generate(.p256))
        return String(decoding: try CertificateRequest.pem(der: der), as: UTF8.self)
    }
}

extension ManagementResponse {
    var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }
    var bodyText: String { String(decoding: body, as: UTF8.self) }
}

extension JSONValue {
    subscript(_ index: Int) -> JSONValue? {
        guard let elements = arrayValue, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}

func name(_ text: String) -> ServerName { ServerName(text)! }

/// Waits until a condition holds; a guard against hanging.
func until(
    _ what: String, _ condition: () async throws -> Bool
) async throws {
    let limit = ContinuousClock.now + .seconds(90)
    while try await !condition() {
        guard ContinuousClock.now < limit else { throw InVain(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

struct InVain: Error { let what: String }
