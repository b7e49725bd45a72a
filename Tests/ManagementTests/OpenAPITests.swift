// SPDX-License-Identifier: Apache-2.0
import Foundation
import Registry
import Testing

@testable import Management

/// The description and the router say the same.
@Suite struct OpenAPITests {
    private let document = OpenAPI.document(of: NativeRoutes.all)

    private var operations: [(path: String, verb: String, operation: JSONValue)] {
        (document["paths"]?.objectValue ?? [:]).flatMap { path, verbs in
            (verbs.objectValue ?? [:]).map { (path, $0.key, $0.value) }
        }
    }

    @Test func `every route is described, under its own name`() {
        #expect(operations.count == NativeRoutes.all.count)
        #expect(Set(NativeRoutes.all.map(\.name)).count == NativeRoutes.all.count)
        for route in NativeRoutes.all {
            let operation =
                document["paths"]?["/edge/v1\(route.path)"]?[route.verb.rawValue.lowercased()]
            #expect(operation?["operationId"]?.stringValue == route.name)
        }
    }

    @Test func `every operation that is described is answered`() async throws {
        let rig = try await ManagementRig()
        for (path, verb, operation) in operations {
            let target = path.replacing(#/\{[a-z]+\}/#, with: "x_1")
            let answer = try await rig.send(verb.uppercased(), target, by: .exporter)
            #expect(answer.status != 405, "\(verb) \(path)")
            let isUnknown =
                answer.status == 404
                && answer["detail"].stringValue?.contains("openapi.json") == true
            #expect(!isUnknown, "\(verb) \(path)")
            let described = operation["responses"]?["\(answer.status)"]
            #expect(described != nil, "\(verb) \(path): \(answer.status)")
        }
    }

    @Test func `every reference leads to a schema, and every schema is referred to`() {
        var found: Set<String> = []
        collect(document, &found)
        let schemas = Set(NativeSchemas.all.keys)
        #expect(found.subtracting(schemas) == [])
        #expect(schemas.subtracting(found) == [])
    }

    @Test func `what was made is linked to all that can be done with it`() {
        let routes = Dictionary(uniqueKeysWithValues: NativeRoutes.all.map { ($0.name, $0) })
        var linked: Set<String> = []
        for (path, verb, operation) in operations {
            for answer in (operation["responses"]?.objectValue ?? [:]).values {
                for (name, link) in answer["links"]?.objectValue ?? [:] {
                    linked.insert(name)
                    let given = Set((link["parameters"]?.objectValue ?? [:]).keys)
                    let wanted = routes[name].map { Set($0.parameters.map { "path.\($0)" }) }
                    #expect(given == wanted, "\(verb) \(path): \(name)")
                }
            }
        }
        let objects = ["domain", "certificate", "issuance", "version", "site", "webhook"]
        for route in NativeRoutes.all where route.parameters.contains(where: objects.contains) {
            #expect(linked.contains(route.name), "\(route.name)")
        }
    }

    @Test(arguments: ["domain", "certificate", "event"])
    func `ids are described up to the last number that there is`(parameter: String) throws {
        let schema = try #require(NativeSchemas.pathParameters[parameter])
        let pattern = try Regex(schema["pattern"]?.stringValue ?? "")
        let prefix = ["domain": "dom", "certificate": "crt", "event": "evt"][parameter] ?? ""
        for number in ["1", "9", "999999999", "1000000000", "2099999999", "2147483647"] {
            #expect("\(prefix)_\(number)".contains(pattern), "\(number)")
        }
        for number in ["", "0", "01", "2147483648", "2150000000", "3000000000", "10000000000"] {
            #expect(!"\(prefix)_\(number)".contains(pattern), "\(number)")
        }
    }

    @Test func `a required member is among the properties`() {
        for (name, schema) in NativeSchemas.all {
            let members = Set((schema["properties"]?.objectValue ?? [:]).keys)
            let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
            #expect(required.subtracting(members) == [], "\(name)")
        }
    }

    private func collect(_ value: JSONValue, _ found: inout Set<String>) {
        switch value {
        case .object(let members):
            if let reference = members["$ref"]?.stringValue, reference.contains("/schemas/") {
                found.insert(String(reference.split(separator: "/").last ?? ""))
            }
            for member in members.values { collect(member, &found) }
        case .array(let elements): for element in elements { collect(element, &found) }
        default: break
        }
    }
}
