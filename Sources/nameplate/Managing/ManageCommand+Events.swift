// SPDX-License-Identifier: Apache-2.0
import Management
import Networking
import Registry

/// `nameplate events list`: the log, page by page, and with `--follow` what is still to come.
extension ManageCommand {
    /// Seconds that the API may wait for the next event.
    private static let eventWait = 20

    func events(_ follows: Bool) async throws(ManageError) -> ExitStatus {
        showHeader(.event)
        var query = operation.query.filter { $0.name != "after" }
        query.append(.init(name: "limit", value: "\(Self.pageSize)"))
        if follows { query.append(.init(name: "wait", value: "\(Self.eventWait)")) }
        var after = operation.query.first { $0.name == "after" }?.value
        var status = ExitStatus.done
        var retries = FollowRetries()
        while true {
            let place = after.map { [ManageOperation.Parameter(name: "after", value: $0)] } ?? []
            let page: JSONValue
            do throws(ManageError) {
                page = try await client.json("GET", operation.path, query + place)
            } catch {
                switch error {
                case .eventsGone(let sentence, let oldest) where oldest != after:
                    Output.error(sentence)
                    after = oldest
                    status = .incomplete
                case .unreachable(let sentence) where follows:
                    let isNew = !retries.isSilent
                    guard let pause = retries.failed(at: .now) else { throw error }
                    if isNew { Output.error("\(sentence); trying again") }
                    try? await loop.sleep(for: pause)
                default: throw error
                }
                continue
            }
            retries.answered()
            let events = page["data"]?.arrayValue ?? []
            for event in events { showRow(event, .event) }
            let next = page["next"]?.stringValue
            after = next ?? events.last?["id"]?.stringValue ?? after
            if !follows, next == nil { return status }
        }
    }
}
