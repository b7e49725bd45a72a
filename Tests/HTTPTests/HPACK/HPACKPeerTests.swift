// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

@testable import HTTP

/// Against PyPI's hpack and libnghttp2, over what real programs said to one another.
@Suite struct HPACKPeerTests {
    /// What happens on a connection: from now on tables of this size, then this block.
    private struct Step: Codable {
        var limit: Int?
        var list: [[String]]?
        var block: String?

        init(limit: Int? = nil, list: HeaderList) {
            self.limit = limit
            self.list = list.map { [$0.name, $0.value] }
        }

        init(limit: Int? = nil, block: [UInt8]) {
            self.limit = limit
            self.block = block.hex
        }
    }

    @Test func `what others write we read`() async throws {
        try await Lab.play { lab in
            let connections = try Self.connections()
            let written: [String: [[String]]] = try await peers(
                lab, "encode",
                connections.map { $0.map { Step(limit: $0.limit, list: $0.list) } })
            #expect(written.count == 4)
            for (peer, blocks) in written {
                for (connection, blocks) in zip(connections, blocks) {
                    try read(blocks, of: connection, by: peer)
                }
            }
        }
    }

    private func read(
        _ blocks: [String], of connection: [(limit: Int?, list: HeaderList)], by peer: String
    ) throws {
        var decoder = HPACKDecoder(tableSize: 65_536)
        #expect(blocks.count == connection.count)
        for (block, step) in zip(blocks, connection) {
            let section = try decoder.decode(Array(hex: block))
            #expect(section.fault == nil, "\(peer): \(step.list)")
            // What is in no table is told by representations, which every encoder chooses for itself.
            let read = section.list.map { ListedField($0.name, $0.value) }
            #expect(read == step.list.inSectionOrder, "\(peer)")
        }
    }

    @Test func `what we write others read`() async throws {
        try await Lab.play { lab in
            let connections = try Self.connections()
            var steps: [[Step]] = []
            for connection in connections {
                var encoder = HPACKEncoder(tableSize: 65_536)
                var written: [Step] = []
                for step in connection {
                    if let limit = step.limit { encoder.setTableSizeLimit(limit) }
                    written.append(Step(limit: step.limit, block: encoder.encode(step.list)))
                }
                steps.append(written)
            }
            let read: [String: [[[[String]]]]] = try await peers(lab, "decode", steps)
            #expect(read.count == 2)
            for (peer, lists) in read {
                for (connection, lists) in zip(connections, lists) {
                    #expect(lists.count == connection.count)
                    for (step, list) in zip(connection, lists) {
                        let list = list.map { ListedField($0[0], $0[1]) }
                        #expect(list.inSectionOrder == step.list.inSectionOrder, "\(peer)")
                    }
                }
            }
        }
    }

    @Test func `over recorded headers our blocks take at most 1,05 of the octets of nghttp2`()
        async throws
    {
        try await Lab.play { lab in
            let recorded = try Self.recorded()
            let written: [String: [[String]]] = try await peers(
                lab, "encode", recorded.map { $0.map { Step(list: $0) } })
            let blocks = try #require(written["nghttp2"])
            var ours = 0
            var theirs = 0
            for (lists, blocks) in zip(recorded, blocks) {
                var encoder = HPACKEncoder()
                ours += lists.reduce(0) { $0 + encoder.encode($1).count }
                theirs += blocks.reduce(0) { $0 + $1.count / 2 }
            }
            #expect(theirs > 10_000)
            #expect(
                Double(ours) <= 1.05 * Double(theirs), "\(ours) octets of ours, \(theirs) of theirs"
            )
        }
    }

    private func peers<Answer: Decodable>(
        _ lab: Lab, _ task: String, _ steps: [[Step]]
    ) async throws -> Answer {
        let file = try lab.write(
            String(decoding: JSONEncoder().encode(steps), as: UTF8.self), to: "\(task).json")
        let folder = try await Python.environment(lab)
        let answer = try await lab.run(
            "\(folder)/python", ["\(Self.folder)/peers.py", task, file])
        guard answer.status == 0 else { throw ScenarioError(String(answer.output.suffix(2000))) }
        return try JSONDecoder().decode(Answer.self, from: Data(answer.output.utf8))
    }

    // MARK: Header lists

    /// The recorded connections, some of them once more while the table changes its size, and random
    /// ones with any octets.
    private static func connections() throws -> [[(limit: Int?, list: HeaderList)]] {
        var random = SeededGenerator(seed: 11)
        let sizes = [0, 64, 200, 1000, 4096, 10_000]
        let recorded = try recorded()
        let resized = recorded.map { lists in
            lists.map { list in
                let changes = Int.random(in: 0..<4, using: &random) == 0
                return (changes ? sizes.randomElement(using: &random) : nil, list)
            }
        }
        let invented = (0 as UInt64..<8).map { seed in
            var lists = RandomLists(seed: seed)
            return (0..<40).map { _ in (nil as Int?, lists.next()) }
        }
        return recorded.map { $0.map { (nil, $0) } } + resized + invented
    }

    private static func recorded() throws -> [[HeaderList]] {
        let text = try String(contentsOfFile: "\(folder)/recorded.txt", encoding: .utf8)
        let connections = text.components(separatedBy: "\n## ").dropFirst().map { connection in
            connection.components(separatedBy: "\n\n").dropFirst().map { list in
                list.split(separator: "\n").compactMap { line in
                    // The first colon may be that of a pseudo-header field.
                    line.dropFirst().firstRange(of: ": ").map { colon in
                        ListedField(
                            String(line[..<colon.lowerBound]), String(line[colon.upperBound...]))
                    }
                }
            }
        }
        #expect(connections.count == 13)
        #expect(connections.allSatisfy { $0.allSatisfy { $0.count > 0 } })
        return connections
    }

    private static let folder = Repository.root
        .appendingPathComponent("Tests/HTTPTests/HPACK/Peers").path
}
