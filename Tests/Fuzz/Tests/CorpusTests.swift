// SPDX-License-Identifier: Apache-2.0
import Foundation
import FuzzTargets
import TestSupport
import Testing

@Suite struct CorpusTests {
    /// A finding ends the process: it is a trap.
    @Test(arguments: FuzzTarget.allCases)
    func `inputs of a fuzz target are read without a finding`(target: FuzzTarget) throws {
        let folder = Repository.root.appendingPathComponent("Tests/Fuzz/corpus/\(target.rawValue)")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        #expect(files.count > 0)
        for file in files.sorted(by: { $0.path < $1.path }) {
            let input = Array(try Data(contentsOf: file))
            target.run(input)
            // And what is near: each input cut off, and with a bit flipped.
            for index in input.indices.prefix(200) {
                target.run(Array(input[..<index]))
                var flipped = input
                flipped[index] ^= 1 << UInt8(index % 8)
                target.run(flipped)
            }
        }
    }
}
