// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import HTTP
import Management
import Networking
import Registry

/// `nameplate domains`, `certificates` and `events`: one call of the management API, and its answer.
struct ManageCommand {
    let operation: ManageOperation
    private let format: ManageFormat
    let client: ManageClient
    let loop: EventLoop

    /// How long `--wait` waits: a customer may have a record to add first.
    private static let waitMax: Duration = .seconds(15 * 60)
    private static let waitStep: Duration = .milliseconds(500)
    static let pageSize = 500

    static func run(
        _ operation: ManageOperation, _ target: ManageTarget, _ format: ManageFormat
    ) async -> ExitStatus {
        let loop: EventLoop
        do { loop = try EventLoop(name: "client") } catch { return Output.error("cannot \(error)") }
        defer { loop.shutdown() }
        return await withTaskExecutorPreference(loop) {
            do throws(ManageError) {
                let client = try ManageClient(target, for: operation.scope, on: loop)
                return try await ManageCommand(
                    operation: operation, format: format, client: client, loop: loop
                ).run()
            } catch {
                return error.print()
            }
        }
    }

    private func run() async throws(ManageError) -> ExitStatus {
        switch operation.answer {
        case .list(let columns): return try await list(columns)
        case .events(let follows): return try await events(follows)
        case .object(let columns):
            let object = try await answer()
            if operation.waits { return try await wait(for: object) }
            return show(object, columns)
        case .members:
            let object = try await answer()
            return Output.line(
                format == .json ? ManageText.json(object) : ManageText.members(object))
        case .report:
            let report = try await answer()
            Output.line(format == .json ? ManageText.json(report) : ManageText.report(report))
            return report["eligible"] == true ? .done : .failed
        case .done(let sentence):
            _ = try await client.send(operation.method, operation.path, operation.query)
            return format == .json ? .done : Output.line(sentence)
        case .file(let path, let isSecret):
            return try await download(to: path, isSecret ? .secret : .shared)
        }
    }

    /// Asks, and answers with the object that came.
    private func answer() async throws(ManageError) -> JSONValue {
        try await client.json(
            operation.method, try await path(), operation.query, body: try body())
    }

    private func path() async throws(ManageError) -> [String] {
        guard let place = operation.path.firstIndex(of: ManageOperation.currentVersion) else {
            return operation.path
        }
        let path = Array(operation.path[..<place])
        let certificate = try await client.json("GET", path)
        guard let version = certificate["current_version_id"]?.stringValue else {
            throw .declined("\(path.last ?? "") has no version that was signed")
        }
        return ["versions", version] + operation.path[(place + 1)...]
    }

    private func body() throws(ManageError) -> [String: JSONValue]? {
        var body = operation.body
        for (member, path) in operation.files {
            do throws(TextFileError) {
                body = body ?? [:]
                body?[member] = .string(try TextFile(path: path).text)
            } catch {
                throw .declined(error.description)
            }
        }
        return body
    }

    // MARK: Lists

    private func list(_ columns: ManageColumns) async throws(ManageError) -> ExitStatus {
        showHeader(columns)
        var next: String?
        repeat {
            var query = operation.query
            query.append(.init(name: "limit", value: "\(Self.pageSize)"))
            if let next { query.append(.init(name: "after", value: next)) }
            let page = try await client.json("GET", operation.path, query)
            for object in page["data"]?.arrayValue ?? [] { showRow(object, columns) }
            next = page["next"]?.stringValue
        } while next != nil
        return .done
    }

    // MARK: Waiting

    /// Waits for the issuance that was begun.
    private func wait(for object: JSONValue) async throws(ManageError) -> ExitStatus {
        guard let id = object["open_issuance_id"]?.stringValue ?? object["id"]?.stringValue,
            id.hasPrefix("iss_")
        else { return show(object, .certificate) }
        let end = Instant.now + Self.waitMax
        var told: String?
        while true {
            let issuance = try await client.json("GET", ["issuances", id])
            if issuance["ended_at"]?.stringValue != nil {
                let isDone = issuance["state"]?.stringValue == "done"
                return show(issuance, .issuance) == .done && isDone ? .done : .failed
            }
            if let next = issuance["next_attempt_at"]?.stringValue, next != told {
                told = next
                let why = issuance["failure"]?["detail"]?.stringValue ?? ""
                Output.error("\(id) is attempted again at \(next): \(why)")
            }
            guard Instant.now < end else {
                show(issuance, .issuance)
                throw .declined("\(id) is still under way")
            }
            try? await loop.sleep(for: Self.waitStep)
        }
    }

    // MARK: Files

    private func download(
        to path: String?, _ mode: FileMode
    ) async throws(ManageError) -> ExitStatus {
        guard let path else {
            return Output.bytes(try await client.send("GET", try await self.path()).body)
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().joined(separator: "/")
        let name = String(parts.last ?? "")
        do {
            let directory = try Directory(
                folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder)
            // Not over one that is there: it might be the only copy of a key. Seen before the
            // key is taken, because that is an event.
            guard try directory.linkStatus(of: name) == nil else {
                throw ManageError.declined("\(path) is there already")
            }
            let response = try await client.send("GET", try await self.path())
            try directory.create(name, mode: mode, contents: response.body)
            return .done
        } catch let error as ManageError {
            throw error
        } catch {
            throw .declined("\(error)")
        }
    }

    // MARK: Showing

    @discardableResult
    private func show(_ object: JSONValue, _ columns: ManageColumns) -> ExitStatus {
        showHeader(columns)
        return showRow(object, columns)
    }

    /// Only for a person: what reads a pipe knows the columns.
    func showHeader(_ columns: ManageColumns) {
        guard format == .text, Terminal.isStandardOutputOne else { return }
        Output.line(columns.names.joined(separator: "\t"))
    }

    @discardableResult
    func showRow(_ object: JSONValue, _ columns: ManageColumns) -> ExitStatus {
        Output.line(
            format == .json ? ManageText.json(object) : ManageText.line(object, columns))
    }
}

extension ManageOperation {
    /// What its caller has to be permitted.
    fileprivate var scope: ManagementClient.Scope {
        if case .file(_, isSecret: true) = answer { return .keys }
        return method == "GET" || answer == .report ? .read : .write
    }
}

extension ManageError {
    fileprivate func print() -> ExitStatus {
        switch self {
        case .configuration(let problems): return problems.print()
        case .declined(let sentence), .eventsGone(let sentence, _):
            return Output.error(sentence)
        case .unknownTarget(let sentence):
            Output.error(sentence)
            return .usage
        case .unreachable(let sentence):
            Output.error(sentence)
            return .unreachable
        }
    }
}
