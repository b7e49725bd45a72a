// SPDX-License-Identifier: Apache-2.0
import Foundation
import HTTP
import Networking
import Provisioning
import Registry
import Storage
import TLS

@testable import Management

/// The management as it is built in the executable, on free ports and in a temporary folder: real records,
/// our own CA, DNS as a test says it is.
final class ManagementRig: Sendable {
    /// What a client is known by; its secret is its id and "-secret".
    enum Client: String, CaseIterable {
        /// Everything but keys.
        case app
        case reader
        /// The same account, and keys.
        case exporter
        /// Another account.
        case stranger

        var secret: String { "\(rawValue)-secret" }

        fileprivate var credential: ClientCredential {
            let scopes: Set<ManagementClient.Scope> =
                switch self {
                case .app, .stranger: [.read, .write]
                case .reader: [.read]
                case .exporter: [.read, .write, .keys]
                }
            let client = ManagementClient(
                applicationID: rawValue, account: self == .stranger ? "other" : "main",
                scopes: scopes)
            return ClientCredential(client: client, secret: secret)
        }
    }

    let folder: String
    let control: EventLoop
    let storage: EventLoop
    let loop: EventLoop
    let check = DNSDouble()
    let records: RecordFiles
    let registry: Registry
    let provisioner: Provisioner
    let table: LoopBound<CertificateTable>
    let lifecycle: Lifecycle
    let access: AccessControl
    let moment = Moments()
    let server: LoopBound<ManagementServer>
    let address: SocketAddress
    private let client: HTTPClient

    /// - Parameters:
    ///   - zone: where dns-01 is answered.
    ///   - catalogue: what may be ordered by name.
    ///   - more: dialects beside those that there are.
    init(
        zone: ChallengeZoneName? = nil,
        catalogue: Catalogue = Catalogue(plans: [], products: []),
        server configuration: ManagementServer.Configuration = .init(),
        eventsMax: Int = Registry.eventsMaxDefault,
        lifecycle lifecycleConfiguration: Lifecycle.Configuration = .init(),
        more: [any ManagementDialect] = []
    ) async throws {
        folder = NSTemporaryDirectory() + "nameplate-rig-\(UInt64.random(in: .min ... .max))"
        let control = try EventLoop(name: "control")
        let storage = try EventLoop(name: "storage")
        let loop = try EventLoop(name: "management")
        (self.control, self.storage, self.loop) = (control, storage, loop)
        let store = try FileStore(root: folder, on: storage)
        records = try RecordFiles(directory: "\(folder)/records", on: storage)
        registry = Registry(store: records, loop: control, eventsMax: eventsMax)

        let loops = DataLoops(control: control)
        table = LoopBound(CertificateTable(loops: loops), on: control)
        let events = Unheard()
        let keys = LeafKeys(on: storage)
        var policy = ProvisioningPolicy(
            check: check,
            issuers: IssuerSequence([InternalIssuer(store: store, keys: keys, loop: control)]))
        policy.zone = zone
        provisioner = Provisioner(
            loop: control, table: table,
            refusals: LoopBound(
                Refusals(
                    loops: loops, store: store, control: control, work: storage, events: events),
                on: control),
            files: CertificateFiles(store: store, work: storage), policy: policy, events: events,
            registration: RegisteredDomains(registry))
        lifecycle = Lifecycle(
            registry: registry, provisioner: provisioner, table: table, keys: keys, zone: zone,
            originsDidChange: { _ in }, configuration: lifecycleConfiguration, loop: control)
        try await lifecycle.start()

        let registry = registry
        access = AccessControl(
            Client.allCases.map(\.credential), tokenKey: try await TokenKey.load(from: records),
            on: loop, now: { [moment] in moment.now }, date: { [moment] in moment.date })
        let refusal: @Sendable (String) async -> String? = { url in
            WebhookTargets(allowed: [AddressBlock("127.0.0.0/8")!]).fault(of: url)
        }
        let services = DialectServices(
            lifecycle: lifecycle, access: access, catalogue: catalogue,
            target: ServerName("domains.saas.test")!, applicationURL: "http://127.0.0.1:9000",
            refusal: refusal)
        let native = NativeDialect(
            NativeServices(
                lifecycle: lifecycle, registry: registry, access: access, catalogue: catalogue,
                refusal: refusal, loop: loop, requests: RequestsInFlight(on: loop)))
        let server = LoopBound(
            ManagementServer(
                more + services.dialects + [native], configuration: configuration, on: loop),
            on: loop)
        self.server = server
        address = try await loop.run {
            Result { try server.value.open(SocketAddress("127.0.0.1:0")!, tls: nil) }
        }.get()
        client = try HTTPClient(
            loop: loop, trustedRoots: .system, lookup: NoLookup(), userAgent: "rig")
    }

    deinit {
        for loop in [loop, control, storage] { loop.shutdown() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Requests

    /// What a request was answered with.
    struct Answer: Sendable {
        let status: Int
        let fields: Fields
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        /// The body as JSON; null where it is none.
        var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }

        func field(_ name: String) -> String? { fields.text(named: name) }

        subscript(_ member: String) -> JSONValue { json[member] ?? .null }
    }

    /// Sends one request, as `by` (Basic) unless `fields` say who it is by.
    func send(
        _ method: String, _ target: String, _ body: String? = nil, by: Client? = .app,
        fields: [(String, String)] = []
    ) async throws -> Answer {
        try await send(
            method, target, bytes: body.map { Array($0.utf8) } ?? [], by: by, fields: fields)
    }

    func send(
        _ method: String, _ target: String, bytes: [UInt8], by: Client?,
        fields: [(String, String)] = []
    ) async throws -> Answer {
        var fields = fields
        if let by {
            let pair = Data("\(by.rawValue):\(by.secret)".utf8).base64EncodedString()
            fields.append(("Authorization", "Basic \(pair)"))
        }
        if !bytes.isEmpty, !fields.contains(where: { $0.0 == "Content-Type" }) {
            fields.append(("Content-Type", "application/json"))
        }
        let url = HTTPURL("http://\(address)\(target)")!
        let request = ClientRequest(method: method, url: url, fields: fields, body: bytes)
        let client = client
        return try await loop.call { () async -> Result<Answer, HTTPClientError> in
            do throws(HTTPClientError) {
                let response = try await client.send(
                    request, deadline: .seconds(120), maxBody: 8 << 20)
                return .success(
                    Answer(
                        status: response.status, fields: response.fields,
                        body: response.body))
            } catch { return .failure(error) }
        }.get()
    }

    /// Waits until a call of the native API answers what is wanted, for as long as a slow machine may take.
    @discardableResult
    func until(
        _ target: String, by: Client = .app, _ isWanted: (Answer) -> Bool
    ) async throws -> Answer {
        for _ in 0..<2000 {
            let answer = try await send("GET", target, by: by)
            if isWanted(answer) { return answer }
            try await Task.sleep(for: .milliseconds(5))
        }
        struct NeverSo: Error {}
        throw NeverSo()
    }
}
