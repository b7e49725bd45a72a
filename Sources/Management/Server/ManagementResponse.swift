// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
package import Registry

/// What a request is answered with.
package struct ManagementResponse: Sendable {
    package var status: Int
    /// Beside those that every answer has: `Content-Length`, `Date`, `X-Request-Id`.
    package var fields: [(name: String, value: String)]
    package var body: [UInt8]

    package init(
        status: Int, fields: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// JSON, its members in the order of their names.
    package static func json(
        _ status: Int, _ value: JSONValue, type: String = "application/json",
        fields: [(name: String, value: String)] = []
    ) -> ManagementResponse {
        ManagementResponse(
            status: status, fields: [("Content-Type", type)] + fields, body: value.text)
    }

    /// Something to be kept as a file of this name.
    package static func file(
        _ bytes: [UInt8], type: String, name: String
    ) -> ManagementResponse {
        ManagementResponse(
            status: 200,
            fields: [
                ("Content-Type", type),
                ("Content-Disposition", "attachment; filename=\"\(fileName(name))\""),
            ], body: bytes)
    }

    /// Without a body.
    package static func empty(_ status: Int) -> ManagementResponse {
        ManagementResponse(status: status)
    }

    /// The value of the first field of this name, spelled like this.
    package func field(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// Letters, digits, `-`, `.` and `_`; anything else could end the quoted string or name a folder.
    private static func fileName(_ name: String) -> String {
        String(
            decoding: name.utf8.map { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    byte
                default: UInt8(ascii: "_")
                }
            }, as: UTF8.self)
    }
}
