// SPDX-License-Identifier: Apache-2.0

/// A handshake of the floor did not come about as it should.
struct FloorError: Error, CustomStringConvertible {
    private let name: String
    private let reason: String

    init(_ kind: FloorCase, _ reason: String) {
        name = String(kind.name.drop { $0 == " " })
        self.reason = reason
    }

    var description: String { "the floor has no figure for \"\(name)\": \(reason)" }
}
