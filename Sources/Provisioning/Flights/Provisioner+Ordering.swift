// SPDX-License-Identifier: Apache-2.0
import ACME
import Networking
import Registry
import TLS

/// What the management of certificates asks for, past the gates that strangers meet.
extension Provisioner {
    /// Has a certificate issued: what DNS and CAA say of each name, then the issuers. Nothing is
    /// stored; `install` puts it into service.
    ///
    /// `progress` is told each stage, on the control loop. A name that visitors wait for is not
    /// ordered a second time.
    package func order(
        _ order: ManagedOrder, progress: @escaping @Sendable (OrderStage) -> Void
    ) async -> Result<IssuedCertificate, OrderFailure> {
        progress(.checking)
        if let shared = await sharedWithVisitors(order) {
            progress(.downloaded)
            return .success(shared)
        }
        let flights = order.isAwaited ? beginManaged(order.names) : []
        do throws(OrderFailure) {
            let issued = try await obtain(order, progress)
            progress(.downloaded)
            await keep(flights, for: issued)
            return .success(issued)
        } catch {
            let failure = ProvisioningFailure.failed(.order, error.blame, why: error.detail)
            for flight in flights { land(flight, .failure(failure)) }
            return .failure(error)
        }
    }

    private func obtain(
        _ order: ManagedOrder, _ progress: @escaping @Sendable (OrderStage) -> Void
    ) async throws(OrderFailure) -> IssuedCertificate {
        var request = IssuanceRequest(
            names: order.names, key: order.key, replaces: order.replaces)
        let identities: [CAAIdentity]
        do throws(IssuanceFailure) { identities = try await reachableIdentities() } catch {
            throw OrderFailure(error)
        }
        for name in order.names {
            do throws(ProofObstacle) {
                let plan = try await proof(of: name, for: identities)
                request.methods[name] = plan.methods
                request.permissions[name] = plan.permissions
            } catch {
                throw OrderFailure(error)
            }
        }
        progress(.authorizing)
        request.progress = { step in if let stage = step.stage { progress(stage) } }
        do throws(IssuanceFailure) {
            return try await policy.issuers.issue(request)
        } catch {
            let last = error.errors.last?.underlying as? ACMEError
            if let last, let (name, method) = last.step.proof {
                progress(
                    .authorization(
                        name, .invalid, method: method.rawValue, error: "\(last.cause)"))
            }
            throw OrderFailure(error)
        }
    }

    // MARK: Visitors

    /// The certificate that visitors of the only name are being given, when it would do.
    private func sharedWithVisitors(_ order: ManagedOrder) async -> IssuedCertificate? {
        guard order.names.count == 1, case .exact(let name) = order.names[0],
            case .fresh(policy.keyKind) = order.key, order.replaces == nil,
            let flight = flight(of: name), !flight.isManaged
        else { return nil }
        guard case .success(let certificate) = await flight.landing(), flight.times != nil,
            let issuer = certificate.provenance.issuer,
            let chain = try? CertificateChain(pem: certificate.chain),
            let key = try? PrivateKey(pem: certificate.key)
        else { return nil }
        return IssuedCertificate(
            chain: chain, key: key, issuer: issuer, accountURL: certificate.provenance.accountURL,
            orderURL: certificate.provenance.orderURL, certificateID: CertificateID(chain.leaf))
    }

    /// Handshakes for these names wait from now on; for those that others are at work on already,
    /// they go on waiting for them.
    private func beginManaged(_ names: [CertificateName]) -> [Flight] {
        names.compactMap { name in
            guard case .exact(let host) = name, !isInFlight(host) else { return nil }
            return begin(host, isManaged: true)
        }
    }

    /// Lets those who wait go on waiting until the certificate is installed, which lands the
    /// flights, or is not.
    private func keep(_ flights: [Flight], for issued: IssuedCertificate) async {
        for flight in flights {
            let directory = CertificateName.exact(flight.name)
            let outcome: Flight.Outcome
            do throws(ProvisioningFailure) {
                outcome = .success(try stored(issued, as: directory))
            } catch {
                land(flight, .failure(error))
                continue
            }
            Task {
                try? await loop.sleep(for: Self.installationPatience)
                land(flight, outcome)
            }
        }
    }

    /// From an issued certificate to its installation: two writes to the registry.
    private static var installationPatience: Duration { .seconds(30) }
}

extension ACMEStep {
    /// What it means for an order that somebody watches.
    fileprivate var stage: OrderStage? {
        switch self {
        case .present(let name, let method):
            .authorization(name, .processing, method: method.rawValue, error: nil)
        case .validate(let name, let method):
            .authorization(name, .valid, method: method.rawValue, error: nil)
        case .authorize: .finalizing
        default: nil
        }
    }

    fileprivate var proof: (CertificateName, ChallengeType)? {
        switch self {
        case .present(let name, let method), .validate(let name, let method): (name, method)
        default: nil
        }
    }
}
