// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry
import TLS

/// One call of an operation: the request, who has sent it, and what its path names.
struct NativeCall: Sendable {
    let request: ManagementRequest
    /// nil on operations that anybody may call.
    let client: ManagementClient?
    var caller: Caller
    let services: NativeServices
    /// The parameters of the path.
    var parameters: [String: String]

    var lifecycle: Lifecycle { services.lifecycle }

    /// The members of the body; without one none.
    func fields() throws(FieldFault) -> JSONFields {
        try JSONFields(body: request.body, emptyIsObject: true)
    }

    /// Throws where the client was taken away since it was let in, or may do other things: who has waited
    /// is told nothing of what happened after that.
    func requireClientStands() async throws(ProblemDocument) {
        guard let client, await services.access.knows(client) else {
            throw .unauthenticated("They are those of no client any more.")
        }
    }

    // MARK: The path

    /// The number of the object that the path names. What is no id of that kind is not found.
    func number<Kind: Numbered>(
        _ parameter: String, of kind: Kind.Type
    ) throws(ProblemDocument) -> ObjectNumber<Kind> {
        guard let number = ObjectNumber<Kind>(identifier: parameters[parameter] ?? "") else {
            throw ProblemDocument(
                .notFound,
                "There is no \(parameter) of that name; ids begin with \(kind.identifierPrefix)_.")
        }
        return number
    }

    /// The domain that the path names, by its id or its name.
    func domain() throws(ProblemDocument) -> DomainReference {
        let text = parameters["domain"] ?? ""
        if let number = DomainNumber(identifier: text) { return .number(number) }
        guard let name = NativeName.certificateName(text) else {
            throw ProblemDocument(.notFound, "There is no domain of that name.")
        }
        return .name(name)
    }
}
