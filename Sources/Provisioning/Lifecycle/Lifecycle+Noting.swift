// SPDX-License-Identifier: Apache-2.0
import Networking
import Registry
import TLS

/// How far an order has come, written down while it goes on.
extension Lifecycle {
    /// Orders, and writes down each stage. Stages that come while others are being written are written
    /// together.
    func ordered(
        _ order: ManagedOrder, for issuance: Issuance
    ) async -> Result<IssuedCertificate, OrderFailure> {
        let told = LoopBound(StagesTold(), on: loop)
        let (calls, call) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let notes = Task {
            for await _ in calls { await note(told.value.take(), of: issuance) }
        }
        let outcome = await provisioner.order(order) { stage in
            told.value.append(stage)
            call.yield()
        }
        call.finish()
        await notes.value
        return outcome
    }

    private func note(_ stages: [OrderStage], of issuance: Issuance) async {
        // What cannot be written is made up for by the issuance's end.
        _ = try? await change(by: edge(for: issuance)) { change in
            guard var issuance = try await change.issuance(issuance.number) else { return }
            var isNews = false
            for stage in stages where issuance.take(stage) { isNews = true }
            if isNews { change.put(issuance) }
        }
    }
}

/// Stages of an order that wait to be written, in the order in which they came.
final class StagesTold {
    private var stages: [OrderStage] = []

    /// Beyond it the oldest go: what comes later says more.
    static let countMax = 256

    func append(_ stage: OrderStage) {
        if stages.count == Self.countMax { stages.removeFirst() }
        stages.append(stage)
    }

    func take() -> [OrderStage] {
        defer { stages = [] }
        return stages
    }
}

extension Issuance {
    /// Notes how far its order has come. False where that is no news, or comes too late.
    mutating func take(_ stage: OrderStage) -> Bool {
        switch stage {
        case .checking, .downloaded: return false
        case .authorizing:
            guard take(.begin) else { return false }
            for index in authorizations.indices {
                authorizations[index].state = .pending
                authorizations[index].error = nil
            }
        case .authorization(let name, let state, let method, let error):
            guard self.state.isOpen,
                let index = authorizations.firstIndex(where: { $0.name == name })
            else { return false }
            authorizations[index].state = state
            authorizations[index].method = method
            authorizations[index].error = error
        case .finalizing:
            guard take(.finalize) else { return false }
            for index in authorizations.indices { authorizations[index].state = .valid }
        }
        return true
    }

    /// False, and nothing happens, where it cannot take this step.
    mutating func take(_ step: IssuanceProgress.Step) -> Bool {
        var progress = IssuanceProgress(state)
        guard progress.take(step) else { return false }
        state = progress.state
        return true
    }
}
