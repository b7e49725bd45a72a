// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    @Suite(.serialized) struct Webhooks {
        private static let rounds = Scenarios.isLong ? 30 : 4

        @Test func `each event arrives through a receiver that fails, across kill -9`() async throws
        {
            try await Lab.play { lab in
                let edge = try Nameplate(lab)
                let port = Ports.free()
                let client = ManagementClient(lab, port: port)
                var configuration = edge.configuration(
                    application: "http://127.0.0.1:1", dns: Ports.free())
                configuration["issuers"] = [["internal": [:]]]
                configuration["management"] = ManagementClient.configuration(port: port)
                try edge.write(configuration)
                let receiver = try await Receiver(lab)

                try await edge.start()
                let made = try await client.send(
                    "POST", "/webhooks", ["url": .string(receiver.url)])
                #expect(made.status == 201, "\(made.body.text)")
                try await receiver.learn(made.body["secret"].string ?? "")

                for round in 0..<Self.rounds {
                    let registering = Task {
                        for index in 0..<200 {
                            let name: JSON = .string("n\(index).round\(round).customer.test")
                            _ = try await client.send("POST", "/domains", ["name": name])
                        }
                    }
                    try await Task.sleep(for: .milliseconds(Int.random(in: 200...800)))
                    await edge.crash()
                    registering.cancel()
                    _ = await registering.result
                    try await edge.start()
                }

                let log = try await client.all("/events")
                let numbers = log.compactMap { $0["id"].string?.dropFirst(4) }.compactMap {
                    Int($0)
                }
                #expect(numbers == Array(1...max(log.count, 1)), "a gap, or a number twice")
                let registered = log.filter { $0["type"].string == "domain.registered" }
                let domains = try await client.all("/domains")
                #expect(registered.count == domains.count)
                #expect(!registered.isEmpty)

                let wanted = Set(log.compactMap { $0["id"].string })
                try await eventually(within: .seconds(180), "every event was acknowledged") {
                    wanted.isSubset(of: receiver.acknowledged)
                }
                let messages = receiver.messages
                #expect(messages.allSatisfy { $0["signed"] != .bool(false) })
                #expect(messages.allSatisfy { $0["header"] == $0["event"] })
                #expect(messages.allSatisfy { $0["path"] == "/in" }, "a redirect was followed")
                #expect(messages.contains { $0["outcome"].string != "200" })
                print(
                    "\(Self.rounds) kills: \(log.count) events,", "\(messages.count) messages,",
                    "\(messages.count { $0["outcome"].string != "200" }) of them failed")
            }
        }
    }
}

/// `Clients/receiver.py`.
private struct Receiver {
    let url: String
    private let lab: Lab
    private let program: Program

    init(_ lab: Lab) async throws {
        self.lab = lab
        let port = Ports.free()
        let seed = Int.random(in: 0...9_999)
        print("the receiver fails by the seed \(seed)")
        url = "http://127.0.0.1:\(port)/in"
        program = try lab.start(
            await Python.interpreter(lab),
            ["-B", Repository.client("receiver.py"), "\(port)", "\(seed)"])
        try await eventually("the receiver listens") { Ports.isListening(port) }
    }

    /// Tells it what messages are signed with.
    func learn(_ secret: String) async throws {
        _ = try await lab.exchange("PUT", url, body: secret)
    }

    var messages: [JSON] {
        program.output.split(separator: "\n").compactMap { try? JSON(parsing: String($0)) }
    }

    /// The events that it has acknowledged.
    var acknowledged: Set<String> {
        Set(messages.filter { $0["outcome"].string == "200" }.compactMap { $0["event"].string })
    }
}
