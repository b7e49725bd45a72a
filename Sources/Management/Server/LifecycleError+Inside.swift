// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

extension LifecycleError {
    /// What is wrong inside the edge, for its operator; nil: an answer tells the client all of it.
    static func inside(_ error: any Error) -> String? {
        switch error {
        case let error as LifecycleError:
            if case .unavailable(let why) = error { return why }
            return nil
        case is ProblemDocument, is FieldFault, is DialectFault, RegistryError.busy: return nil
        default: return "\(error)"
        }
    }
}
