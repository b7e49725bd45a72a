// SPDX-License-Identifier: Apache-2.0
import DNS
import FoundationEssentials
import HTTP
import Management
import Networking
import Registry
import TLS

/// The management API as one client calls it. Used on its loop.
struct ManageClient: Sendable {
    private let client: HTTPClient
    private let base: HTTPURL
    private let secret: Secret

    /// Deprovisioning and revoking wait for others.
    private static let deadline: Duration = .seconds(90)
    private static let bodyBytesMax = 16 << 20

    init(
        _ target: ManageTarget, for scope: ManagementClient.Scope, on loop: EventLoop,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ManageError) {
        let place: Place
        if let url = target.url ?? (target.client == nil ? environment["NAMEPLATE_URL"] : nil) {
            place = try Place(url: url, environment: environment, on: loop)
        } else {
            place = try Place(target, for: scope, on: loop)
        }
        base = place.base
        secret = place.secret
        do {
            let roots: TrustedRoots =
                try target.roots.map {
                    .pem(try TextFile(path: $0).bytes)
                } ?? .system
            client = try HTTPClient(
                loop: loop, trustedRoots: roots, lookup: place.lookup,
                userAgent: "nameplate/\(VersionCommand.version)")
        } catch {
            throw .unknownTarget("cannot make an HTTPS client: \(error)")
        }
    }

    /// Sends a request and answers what came of it, where that is a success.
    func send(
        _ method: String, _ path: [String], _ query: [ManageOperation.Parameter] = [],
        body: [String: JSONValue]? = nil
    ) async throws(ManageError) -> ClientResponse {
        let prefix = base.target.hasSuffix("/") ? String(base.target.dropLast()) : base.target
        let target = prefix + "/edge/v1" + path.map { "/" + Self.encoded($0) }.joined()
        guard var url = base.with(target: target) else {
            throw .unknownTarget("\(base) cannot be the URL of the API")
        }
        for parameter in query {
            url = url.appending(query: parameter.name, value: parameter.value)
        }
        var fields = [("Authorization", "Bearer \(secret.text)")]
        if body != nil { fields.append(("Content-Type", "application/json")) }
        let request = ClientRequest(
            method: method, url: url, fields: fields,
            body: body.map { JSONValue.object($0).text } ?? [])
        let response: ClientResponse
        do throws(HTTPClientError) {
            response = try await client.send(
                request, deadline: Self.deadline, maxBody: Self.bodyBytesMax)
        } catch {
            throw .unreachable("the management API at \(base): \(error)")
        }
        guard 200..<300 ~= response.status else { throw ManageError(response) }
        return response
    }

    /// The same, answered with JSON.
    func json(
        _ method: String, _ path: [String], _ query: [ManageOperation.Parameter] = [],
        body: [String: JSONValue]? = nil
    ) async throws(ManageError) -> JSONValue {
        let response = try await send(method, path, query, body: body)
        do {
            return try JSONParser.parse(response.body)
        } catch {
            throw .unreachable("the management API at \(base): its answer is no JSON")
        }
    }

    private static func encoded(_ segment: String) -> String {
        segment.utf8.reduce(into: "") { text, byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || 0x30...0x39 ~= byte)
            if isPlain || "-._*".unicodeScalars.contains(scalar) {
                text.unicodeScalars.append(scalar)
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}

extension ManageError {
    /// What an answer that is no success says.
    fileprivate init(_ response: ClientResponse) {
        let problem = try? JSONParser.parse(response.body)
        var sentence = "the management API answered with status \(response.status)"
        if let problem, let title = problem["title"] {
            let texts = [title, problem["detail"] ?? .null, problem["advice"] ?? .null]
                .compactMap(\.stringValue).filter { !$0.isEmpty }
            sentence = texts.joined(separator: " ")
            if let field = problem["field"]?.stringValue {
                sentence = "\(field): \(problem["detail"]?.stringValue ?? sentence)"
            }
        }
        if response.status == 410, let place = problem?["resume_after"]?.stringValue {
            self = .eventsGone(sentence, after: place)
            return
        }
        let isLater = response.status == 429 || response.status >= 500
        self = isLater ? .unreachable(sentence) : .declined(sentence)
    }
}

/// Where the API is and what to show there.
private struct Place {
    let base: HTTPURL
    let secret: Secret
    let lookup: any HostLookup

    init(
        url: String, environment: [String: String], on loop: EventLoop
    ) throws(ManageError) {
        guard let base = HTTPURL(url) else {
            throw .unknownTarget("\(JSON5Value.quoted(url)) is no http or https URL")
        }
        guard let secret = environment["NAMEPLATE_TOKEN"], !secret.isEmpty else {
            throw .unknownTarget(
                "NAMEPLATE_TOKEN is not set: with --url it has a client's secret or a token")
        }
        self.base = base
        self.secret = Secret(secret)
        lookup = HostResolver(
            resolver: Resolver(servers: ResolverFile().servers, on: loop),
            hosts: HostsFile(path: "/etc/hosts"))
    }

    init(
        _ target: ManageTarget, for scope: ManagementClient.Scope, on loop: EventLoop
    ) throws(ManageError) {
        let configuration: Configuration
        do throws(ConfigurationProblems) {
            configuration = try Configuration.read(file: target.file)
        } catch {
            throw .configuration(error)
        }
        guard let management = configuration.management else {
            throw .unknownTarget("\(target.file) has no management.listen")
        }
        secret = try Self.secret(in: management, target, for: scope)
        let ip = management.listen.reachable
        lookup = FixedLookup(address: ip)
        // The name in its certificate is what is checked; where it is we know.
        let name = management.tls?.credential.leaf.names.first { !$0.isWildcard }?.text
        let scheme = management.tls == nil ? "http" : "https"
        let address = SocketAddress(ip: ip, port: management.listen.port)
        let authority = name.map { "\($0):\(address.port)" } ?? "\(address)"
        guard let base = HTTPURL("\(scheme)://\(authority)/") else {
            throw .unknownTarget("\(authority) cannot be called")
        }
        self.base = base
    }

    private static func secret(
        in management: ManagementConfiguration, _ target: ManageTarget,
        for scope: ManagementClient.Scope
    ) throws(ManageError) -> Secret {
        let known: [(client: ManagementClientConfiguration, secret: Secret)] =
            management.clients.compactMap { client in
                guard case .text(let secret) = client.secret else { return nil }
                return (client, secret)
            }
        if let wanted = target.client {
            guard let found = known.first(where: { $0.client.applicationID == wanted }) else {
                throw .unknownTarget(
                    "\(target.file) has no client \(JSON5Value.quoted(wanted)) with a client_secret"
                )
            }
            return found.secret
        }
        let fit = known.first { $0.client.scopes.contains(scope) } ?? known.first
        guard let fit else {
            throw .unknownTarget(
                "\(target.file) has no client with a client_secret; "
                    + "NAMEPLATE_URL and NAMEPLATE_TOKEN may say where and as whom")
        }
        return fit.secret
    }
}

/// Every host is at one address.
private struct FixedLookup: HostLookup {
    let address: IPAddress

    func addresses(of host: String) async throws -> [IPAddress] { [address] }
}

extension SocketAddress {
    /// Where a listener on this machine can be reached: one on all addresses on the loopback.
    fileprivate var reachable: IPAddress {
        switch ip {
        case .v4(0): .v4(0x7f00_0001)
        case .v6(0, 0): .v6(0, 1)
        default: ip
        }
    }
}
