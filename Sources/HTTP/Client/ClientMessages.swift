// SPDX-License-Identifier: Apache-2.0

/// A request of our own, whole in memory.
///
/// Host, User-Agent, Content-Length and Connection are the client's to write.
package struct ClientRequest: Sendable {
    package var method: String
    package var url: HTTPURL
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        method: String = "GET", url: HTTPURL, fields: [(String, String)] = [], body: [UInt8] = []
    ) {
        self.method = method
        self.url = url
        self.fields = fields.map { (name: $0.0, value: $0.1) }
        self.body = body
    }
}

/// The response to a `ClientRequest`, whole in memory.
package struct ClientResponse: Sendable {
    package var status: Int
    package var fields: Fields
    package var body: [UInt8]

    package init(status: Int, fields: Fields = Fields(), body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// The value of the first field with this name, in any case.
    package func first(_ name: String) -> String? {
        fields.text(named: name)
    }

    /// The values of all fields with this name, in any case and in order.
    package func all(_ name: String) -> [String] {
        var values: [String] = []
        var next = fields.firstIndex(named: name.utf8.span)
        while let index = next {
            values.append(fields.text(at: index))
            next = fields.firstIndex(named: name.utf8.span, from: index + 1)
        }
        return values
    }
}
