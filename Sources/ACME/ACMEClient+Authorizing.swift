// SPDX-License-Identifier: Apache-2.0
import TLS

extension ACMEClient {
    /// Proves control over every name of the order that the CA does not take for proven
    /// (RFC 8555 §7.5). The CA validates all of them at the same time.
    func authorize(_ order: Order, _ ordering: Ordering) async throws(ACMEError) {
        var presented: [ChallengeResponse] = []
        do throws(ACMEError) {
            var proofs: [Proof] = []
            for url in order.authorizations {
                guard let proof = try await choose(for: url, ordering) else { continue }
                try await present(proof, ordering)
                presented.append(proof.response)
                proofs.append(proof)
            }
            var asked: [Answer] = []
            for proof in proofs { asked.append(try await ask(proof, ordering)) }
            for (proof, answer) in zip(proofs, asked) {
                try await validate(proof, after: answer, ordering)
            }
        } catch {
            await withdraw(presented, ordering)
            throw error
        }
        await withdraw(presented, ordering)
    }

    /// How one authorization is going to be satisfied.
    private struct Proof {
        let authorization: ResourceURL
        let name: CertificateName
        let type: ChallengeType
        let challenge: Challenge
        let response: ChallengeResponse
    }

    /// Reads an authorization and picks a challenge; nil when there is nothing left to prove.
    private func choose(
        for url: ResourceURL, _ ordering: Ordering
    ) async throws(ACMEError) -> Proof? {
        let step = ACMEStep.readAuthorization(ordering.names)
        let answer = try await post(
            .none, to: url, by: .account(ordering.account), step: step,
            deadline: ordering.deadline)
        let authorization: Authorization = try answer.decode()
        guard let name = authorization.name, ordering.wanted.names.contains(name) else {
            throw answer.malformed("it is about \(authorization.identifier)")
        }
        switch authorization.status {
        case .valid: return nil
        case .pending: break
        case let status: throw refused(authorization, "is \(status.rawValue)", step: step)
        }
        let preference = ordering.wanted.challenges(for: name)
        guard let (type, challenge) = authorization.challenge(by: preference) else {
            let offered = authorization.challenges.map(\.type)
            throw ACMEError(step: step, cause: .noChallenge(offered: offered))
        }
        guard let token = challenge.token,
            let text = try keyAuthorization(token, ordering, step: step)
        else { throw answer.malformed("a \(type.rawValue) challenge without a usable token") }
        let response = ChallengeResponse(
            type, name: name.base, token: token, keyAuthorization: text)
        return Proof(
            authorization: url, name: name, type: type, challenge: challenge, response: response)
    }

    private func keyAuthorization(
        _ token: String, _ ordering: Ordering, step: ACMEStep
    ) throws(ACMEError) -> String? {
        do { return try Challenge.keyAuthorization(token: token, key: ordering.account.key) } catch
        {
            throw ACMEError(step: step, cause: .local("\(error)"))
        }
    }

    private func present(_ proof: Proof, _ ordering: Ordering) async throws(ACMEError) {
        let step = ACMEStep.present(proof.name, proof.type)
        do { try await ordering.presenter.present(proof.response) } catch {
            throw ACMEError(step: step, cause: .local("\(error)"))
        }
        ordering.progress(step)
    }

    private func withdraw(_ responses: [ChallengeResponse], _ ordering: Ordering) async {
        for response in responses { await ordering.presenter.withdraw(response) }
    }

    /// Asks the CA to look (RFC 8555 §7.5.1).
    private func ask(_ proof: Proof, _ ordering: Ordering) async throws(ACMEError) -> Answer {
        try await post(
            .json([UInt8]("{}".utf8)), to: proof.challenge.url, by: .account(ordering.account),
            step: .validate(proof.name, proof.type), deadline: ordering.deadline)
    }

    /// Waits until the CA has looked.
    private func validate(
        _ proof: Proof, after answer: Answer, _ ordering: Ordering
    ) async throws(ACMEError) {
        let step = ACMEStep.validate(proof.name, proof.type)
        let authorization: Authorization = try await poll(
            proof.authorization, after: answer, step: step, ordering
        ) { (authorization: Authorization) in authorization.status != .pending }
        guard authorization.status == .valid else {
            throw refused(authorization, "became \(authorization.status.rawValue)", step: step)
        }
        ordering.progress(step)
    }

    /// The CA's reason where it gives one.
    private func refused(
        _ authorization: Authorization, _ state: String, step: ACMEStep
    ) -> ACMEError {
        let unexplained = Problem(
            type: "about:blank", detail: "the authorization \(state)")
        return ACMEError(
            step: step, cause: .invalid(authorization.failure?.problem ?? unexplained))
    }
}
