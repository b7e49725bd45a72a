// SPDX-License-Identifier: Apache-2.0
import Provisioning
import Registry

extension DialectServices {
    /// A list of an API that has no pages: a bare array of all there is, which its clients read once. What
    /// is beyond `listBytesMax` begins where `Link` says, by a parameter of ours, `after`.
    ///
    /// A page of objects is in memory at a time, beside the text of those before.
    func list<Element: Sendable>(
        _ call: DialectCall,
        _ fetch: (PageRequest) async throws(LifecycleError) -> Page<Element>,
        _ json: (Element) async throws(LifecycleError) -> JSONValue
    ) async throws(LifecycleError) -> ManagementResponse {
        var after = call.request.queryValue("after")
        var body = [UInt8(ascii: "[")]
        repeat {
            let page = try await fetch(PageRequest(after: after, limit: Self.listPage))
            for element in page.elements {
                if body.count > 1 { body.append(UInt8(ascii: ",")) }
                body += try await json(element).text
            }
            after = page.next
        } while after != nil && body.count < listBytesMax
        body.append(UInt8(ascii: "]"))
        var fields = [(name: "Content-Type", value: "application/json")]
        if let after {
            var query = call.request.query.filter { $0.name != "after" }
            query.append(("after", after))
            let text = query.map { "\($0.name)=\(PercentCoding.encode($0.value))" }
            fields.append(
                ("Link", "<\(call.request.path)?\(text.joined(separator: "&"))>; rel=\"next\""))
        }
        return ManagementResponse(status: 200, fields: fields, body: body)
    }

    /// Objects that are fetched at once for a list without pages.
    private static var listPage: Int { 100 }
}
