// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Registry
import Storage

/// How the service reads and changes what is known.
extension Lifecycle {
    /// Changes the registry; see `Registry.change`.
    func change<R: Sendable>(
        by caller: Caller, _ body: @escaping @Sendable (RegistryDraft) async throws -> R
    ) async throws(LifecycleError) -> R {
        do {
            return try await registry.change(by: caller, body)
        } catch {
            throw LifecycleError(changing: error)
        }
    }

    func read<R>(
        _ body: () async throws(StorageError) -> R
    ) async throws(LifecycleError) -> R {
        do throws(StorageError) {
            return try await body()
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// Reads a list with numbered pages.
    func readNumbered<Element: Sendable>(
        _ body: () async throws -> NumberedPage<Element>
    ) async throws(LifecycleError) -> NumberedPage<Element> {
        do {
            return try await body()
        } catch is TooBroad {
            throw .tooBroad
        } catch {
            throw .unavailable("\(error)")
        }
    }

    /// On whose behalf we do ourselves what follows from an issuance.
    func edge(for issuance: Issuance) -> Caller {
        .edge(issuance.account, because: issuance.reason.cause, request: issuance.requestID)
    }
}

extension LifecycleError {
    /// Why a change of the registry was not made.
    init(changing error: any Error) {
        switch error {
        case let error as LifecycleError: self = error
        case RegistryError.taken(let what): self = .conflict("\(what) belongs to another object")
        case RegistryError.repeated, RegistryError.full: self = .conflict("\(error)")
        case RegistryError.busy: self = .rateLimited("too many changes wait", retryAfter: 1)
        default: self = .unavailable("\(error)")
        }
    }
}

extension Issuance.Reason {
    var cause: Event.Cause {
        switch self {
        case .firstVisit: .firstVisit
        case .api, .retry: .api
        case .renewal: .renewal
        case .renewalInformation: .renewalInformation
        case .reissue: .reissue
        }
    }
}

extension Optional where Wrapped: RegistryObject {
    /// It, if it is the caller's. What belongs to others is not there.
    func owned(by caller: Caller, as reference: String) throws(LifecycleError) -> Wrapped {
        guard let object = self, object.account == caller.account else {
            throw .notFound(Wrapped.subjectKind, reference)
        }
        return object
    }
}

extension RegistryObject {
    /// Throws `.changedMeanwhile` when somebody has changed it since `generation` was read.
    func requireGeneration(_ generation: Int?) throws(LifecycleError) {
        guard generation == nil || generation == self.generation else { throw .changedMeanwhile }
    }
}
