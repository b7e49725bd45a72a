// SPDX-License-Identifier: Apache-2.0
import Networking
import TLS

extension ACMEClient {
    /// Obtains a certificate: order, authorizations, finalize, download (RFC 8555 §7.4, §7.5).
    ///
    /// `progress` is told each step once it is done. Responses are withdrawn from `presenter`
    /// before the call returns, whatever came of it.
    package func obtain(
        _ wanted: CertificateOrder, for account: Account,
        presenting presenter: any ChallengePresenter,
        progress: @escaping @Sendable (ACMEStep) -> Void = { _ in }
    ) async throws(ACMEError) -> OrderedCertificate {
        let ordering = Ordering(
            wanted: wanted, account: account, presenter: presenter,
            deadline: Instant.now + wanted.deadline, progress: progress)
        let (order, url) = try await placeOrder(ordering)
        try await authorize(order, ordering)
        progress(.authorize(ordering.names))
        let certificate = try await finalize(order, at: url, ordering)
        let chain = try await downloadChain(certificate, ordering)
        return OrderedCertificate(chain: chain, orderURL: url, certificateURL: certificate)
    }

    /// One order on its way: what all its steps need to know.
    struct Ordering {
        let wanted: CertificateOrder
        let account: Account
        let presenter: any ChallengePresenter
        let deadline: Instant
        let progress: @Sendable (ACMEStep) -> Void

        /// "a.example, b.example": what error messages call the order.
        var names: String { wanted.names.map(\.text).joined(separator: ", ") }
    }

    private func placeOrder(
        _ ordering: Ordering
    ) async throws(ACMEError) -> (Order, ResourceURL) {
        let step = ACMEStep.placeOrder(ordering.names)
        let url = try await directory().newOrder
        var body = NewOrder(
            identifiers: ordering.wanted.names.map(Identifier.init),
            profile: ordering.wanted.profile, replaces: ordering.wanted.replaces)
        let answer: Answer
        do throws(ACMEError) {
            answer = try await post(
                .json(body), to: url, by: .account(ordering.account), step: step,
                deadline: ordering.deadline)
        } catch {
            // `replaces` buys priority; an order must not fail for it (RFC 9773 §5).
            guard body.replaces != nil, error.class == .refused else { throw error }
            body.replaces = nil
            answer = try await post(
                .json(body), to: url, by: .account(ordering.account), step: step,
                deadline: ordering.deadline)
        }
        let order: Order = try answer.decode()
        guard order.authorizations.count <= limits.authorizationsMax else {
            throw answer.malformed("\(order.authorizations.count) authorizations in one order")
        }
        let location = try answer.location()
        ordering.progress(step)
        return (order, location)
    }

    /// Sends the certificate request as soon as the authorizations are valid and waits for the
    /// certificate's address.
    private func finalize(
        _ order: Order, at url: ResourceURL, _ ordering: Ordering
    ) async throws(ACMEError) -> ResourceURL {
        let step = ACMEStep.finalize(ordering.names)
        let body = Payload.json(Finalization(csr: Base64URL.encode(ordering.wanted.csr)))
        var answer: Answer
        do throws(ACMEError) {
            answer = try await post(
                body, to: order.finalize, by: .account(ordering.account), step: step,
                deadline: ordering.deadline)
        } catch {
            // Some CAs take a moment from valid authorizations to a ready order; to ask first would
            // cost every other order a round trip.
            guard error.isOrderNotReady else { throw error }
            _ = try await poll(url, step: step, ordering) { (order: Order) in
                order.status != .pending
            }
            answer = try await post(
                body, to: order.finalize, by: .account(ordering.account), step: step,
                deadline: ordering.deadline)
        }
        var order: Order = try answer.decode()
        if order.status == .processing || order.status == .ready {
            order = try await poll(url, after: answer, step: step, ordering) { (order: Order) in
                order.status != .processing && order.status != .ready
            }
        }
        return try certificate(of: order, step: step, ordering)
    }

    private func certificate(
        of order: Order, step: ACMEStep, _ ordering: Ordering
    ) throws(ACMEError) -> ResourceURL {
        guard order.status == .valid else {
            let problem =
                order.error
                ?? Problem(
                    type: "about:blank", detail: "the order \(order.status.rawValue)")
            throw ACMEError(step: step, cause: .invalid(problem))
        }
        guard let certificate = order.certificate else {
            throw ACMEError(step: step, cause: .malformed("a valid order without certificate"))
        }
        ordering.progress(step)
        return certificate
    }

    /// Looks at a resource until `isDone`, at the pace of `PollSchedule`. `answer` is what the CA
    /// said last: it may name the time of the first look.
    func poll<Resource: Decodable>(
        _ url: ResourceURL, after answer: Answer? = nil, step: ACMEStep, _ ordering: Ordering,
        until isDone: (Resource) -> Bool
    ) async throws(ACMEError) -> Resource {
        var schedule = PollSchedule()
        var retryAfter = answer?.retryAfter
        while true {
            try await pause(
                schedule.next(retryAfter: retryAfter), step: step, deadline: ordering.deadline)
            let answer = try await post(
                .none, to: url, by: .account(ordering.account), step: step,
                deadline: ordering.deadline)
            let resource: Resource = try answer.decode()
            if isDone(resource) { return resource }
            retryAfter = answer.retryAfter
        }
    }
}

extension ACMEError {
    fileprivate var isOrderNotReady: Bool {
        if case .problem(let problem, _, _) = cause {
            problem.name == "orderNotReady"
        } else {
            false
        }
    }
}
