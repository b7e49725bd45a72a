// SPDX-License-Identifier: Apache-2.0
import Registry

/// Members of queries that several resources have.
enum QueryParameters {
    static let limit = Route.QueryParameter(
        "limit", Schema.integer(1...PageRequest.limitMax), "At most so many on the page.")

    static let page = [
        Route.QueryParameter(
            "after", Schema.text(max: JSONFields.textMax, pattern: "^([A-Za-z0-9_-]{4})+$"),
            "`next` of the page before."),
        limit,
    ]

    static let clientReference = Route.QueryParameter(
        "client_reference", Schema.reference("ShortText"), "Only those with this reference.")

    static let expiresBefore = Route.QueryParameter(
        "expires_before", Schema.time, "Only those that end before.")

    static let name = Route.QueryParameter(
        "name", Schema.host, "Only those with this name, or one within it.")

    static let revoke = Route.QueryParameter(
        "revoke", Schema.bool, "Whether what was signed is revoked, too.")
}
