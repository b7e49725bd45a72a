// SPDX-License-Identifier: Apache-2.0

/// Why a change was not made, beside what its body and storage say. Nothing was written.
package enum RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Others changed the same objects each time that it was tried.
    case contended
    /// More changes wait for their turn than `Registry.waitingMax`.
    case busy
    /// The name or the host belongs to another object, which the body has not looked for.
    case taken(String)
    /// It was made for a request that was done already, as another one with the same `Idempotency-Key`.
    case repeated
    /// The account has as many objects of that kind as it may.
    case full(Event.Subject.Kind, most: Int)
    /// One change that writes more records than a transaction has room for.
    case tooLarge(writes: Int)

    package var description: String {
        switch self {
        case .contended: "others keep changing the same objects"
        case .busy: "too many changes wait"
        case .taken(let key): "\(key) belongs to another object"
        case .repeated: "the same request was done meanwhile"
        case .full(let kind, let most):
            "the account has \(most) objects of the kind \(kind.rawValue), and may have no more"
        case .tooLarge(let writes): "a change of \(writes) records is too large"
        }
    }
}
