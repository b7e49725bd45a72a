// SPDX-License-Identifier: Apache-2.0
import Management
import Networking
import Registry
import Synchronization
import TestSupport
import Testing

/// `nameplate events list`, as a shell calls it, against an API that says what a test has written.
@Suite struct EventsCommandTests {
    private static func page(_ numbers: Int...) -> ManagementResponse {
        .json(200, ["data": .array(numbers.map { ["id": .string("evt_\($0)")] }), "next": .null])
    }

    private static func gone(through number: Int) -> ManagementResponse {
        .json(
            410,
            [
                "title": "The log does not go back so far.", "field": "after",
                "detail": .string("Events through evt_\(number) have left the log."),
                "resume_after": .string("evt_\(number)"),
            ])
    }

    private static let later = ManagementResponse.json(503, ["title": "Not now."])

    /// The status, all that was written, and behind which events was asked.
    private func play(
        _ answers: [ManagementResponse], _ words: String...
    ) async throws -> (status: CInt, output: String, asked: [String]) {
        let script = Script(answers)
        let loop = try EventLoop(name: "management")
        defer { loop.shutdown() }
        let server = LoopBound(ManagementServer([script], on: loop), on: loop)
        let address = try await loop.run {
            Result { try server.value.open(SocketAddress("127.0.0.1:0")!, tls: nil) }
        }.get()
        var result: (status: CInt, output: String) = (-1, "")
        try await Lab.play("events \(words.joined()) \(answers.count)") { lab in
            result = try await lab.run(
                Repository.product("nameplate"),
                ["events", "list", "--url", "http://\(address)"] + words,
                environment: ["NAMEPLATE_TOKEN": "s3cr3t"])
        }
        #expect(!result.output.contains("s3cr3t"))
        return (result.status, result.output, script.asked)
    }

    @Test func `who follows is told what was lost, and goes on through it and through silence`()
        async throws
    {
        let (status, output, asked) = try await play(
            [
                Self.page(1, 2), Self.gone(through: 7), Self.page(8), Self.later, Self.later,
                Self.page(), Self.page(9),
            ], "--follow")
        let events = output.split(separator: "\n").filter { $0.hasPrefix("evt_") }
        #expect(events.map { $0.prefix { $0 != "\t" } } == ["evt_1", "evt_2", "evt_8", "evt_9"])
        #expect(asked == ["", "evt_2", "evt_7", "evt_8", "evt_8", "evt_8", "evt_8", "evt_9"])
        for sentence in ["Events through evt_7 have left the log.", "Not now.; trying again"] {
            #expect(output.split(separator: sentence).count == 2, "\(output)")
        }
        // The script is over: nobody is let in any more.
        #expect(status == 1)
    }

    @Test func `a list with a gap is whole behind it, and ends with 4`() async throws {
        let (status, output, asked) = try await play(
            [Self.gone(through: 7), Self.page(8)], "--after", "3")
        #expect(status == 4, "\(output)")
        #expect(output.contains("evt_8\t"))
        #expect(asked == ["evt_3", "evt_7"])
    }

    @Test func `a log that is always elsewhere is not followed for ever`() async throws {
        let (status, output, asked) = try await play(
            [Self.gone(through: 7), Self.gone(through: 7)], "--follow", "--after", "3")
        #expect(status == 1, "\(output)")
        #expect(asked == ["evt_3", "evt_7"])
    }

    @Test(arguments: ["--follow", "--json"])
    func `an API that does not answer at all is reported at once`(word: String) async throws {
        let (status, output, asked) = try await play([Self.later], word)
        #expect(status == 3, "\(output)")
        #expect(asked == [""])
        #expect(output == "nameplate: Not now.\n")
    }
}

/// Answers one request after the other as it was told; then nobody is let in.
private final class Script: ManagementDialect {
    private let state: Mutex<(answers: [ManagementResponse], asked: [String])>

    init(_ answers: [ManagementResponse]) {
        state = Mutex((answers, []))
    }

    var asked: [String] { state.withLock { $0.asked } }

    func claims(_ request: ManagementRequest) -> Bool { true }

    func admit(_ request: ManagementRequest) async -> Admission { .stranger }

    func respond(to request: ManagementRequest) async -> ManagementResponse {
        state.withLock { state in
            state.asked.append(request.query.first { $0.name == "after" }?.value ?? "")
            return state.answers.isEmpty ? .empty(401) : state.answers.removeFirst()
        }
    }

    func respond(to fault: RequestFault, of request: ManagementRequest) -> ManagementResponse {
        .empty(fault.status)
    }
}
