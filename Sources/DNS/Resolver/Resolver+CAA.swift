// SPDX-License-Identifier: Apache-2.0
package import Networking

extension Resolver {
    /// Climbs from `name` to the child of the root and stops at the first CAA records.
    ///
    /// RFC 8659 §3: aliases are followed at each level, and the climb goes on from the level, not
    /// from what its alias points at. The lowest levels are asked for at the same time, because
    /// most names have no CAA records at all.
    package func relevantCAA(
        for name: DNSName, by deadline: Instant = .distantFuture
    ) async -> CAAClimb {
        let deadline = min(deadline, .now + configuration.timeout)
        var climb = CAAClimb(result: .unrestricted, answers: [])
        var level: DNSName? = name
        while let lowest = level, !lowest.isRoot {
            // Nobody waits for the result any more; it must not read as a permission either.
            if Task.isCancelled {
                climb.result = .failure(at: lowest, .timedOut)
                return climb
            }
            let levels = sequence(first: lowest, next: \.parent).prefix(Self.levelsAtOnce)
            let questions = levels.filter { !$0.isRoot }.map { Question($0, .caa) }
            for answer in await resolve(questions, by: deadline) {
                climb.answers.append(answer)
                if let set = CAASet(answer) {
                    climb.result = .found(set)
                    return climb
                }
                if let failure = answer.failure {
                    climb.result = .failure(at: answer.question.name, failure)
                    return climb
                }
            }
            level = questions.last?.name.parent
        }
        return climb
    }

    /// Enough for `www.shop.example.com` in one go; names with more levels take several.
    private static let levelsAtOnce = 4
}
