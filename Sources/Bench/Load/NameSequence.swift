// SPDX-License-Identifier: Apache-2.0

/// The names of a load, one after the other or at random. Threads begin at different places.
struct NameSequence {
    private let names: [String]
    private let order: LoadPlan.NameOrder
    private var index: Int
    private var random = SystemRandomNumberGenerator()

    /// At least one name.
    init(_ names: [String], _ order: LoadPlan.NameOrder, thread: Int, of threads: Int) {
        precondition(!names.isEmpty, "a load has at least one name")
        self.names = names
        self.order = order
        index = names.count * thread / threads
    }

    mutating func next() -> String {
        switch order {
        case .sequential:
            defer { index = (index + 1) % names.count }
            return names[index]
        case .random:
            return names[Int.random(in: names.indices, using: &random)]
        }
    }
}
