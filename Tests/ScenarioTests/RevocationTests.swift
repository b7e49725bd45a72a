// SPDX-License-Identifier: Apache-2.0
import Foundation
import TestSupport
import Testing

extension Scenarios {
    /// What clients of the management API have revoked, seen from the CA.
    @Suite(.serialized) struct Revocation {
        @Test func `a reissued certificate is revoked at the CA, and its successor serves`()
            async throws
        {
            try await Lab.play { lab in
                let stage = try await Stage(lab)
                let first = try await stage.version(of: stage.ordered)
                #expect(try await stage.standing(of: first) == "Valid")

                let issuance = try await stage.api.call(
                    "POST", "\(stage.certificate)/issuances",
                    ["reason": "reissue", "revoke_predecessor": true])
                let second = try await stage.version(of: issuance)
                #expect(second["id"] != first["id"])
                #expect(try await stage.standing(of: second) == "Valid")
                #expect(try await stage.standing(of: first) == "Revoked")
                #expect(try await stage.again(first)["state"] == "revoked")
                let visit = try await stage.world.client.visit(stage.host)
                #expect(visit.status == 200, "\(visit) \(lab.evidence)")
                #expect(visit.serial.map(Stage.plain) == second["serial"].string.map(Stage.plain))
            }
        }

        @Test func `a revoked certificate is shown to nobody: the next visit has another`()
            async throws
        {
            try await Lab.play { lab in
                let stage = try await Stage(lab)
                let first = try await stage.version(of: stage.ordered)
                let id = first["id"].string ?? ""
                let revoked = try await stage.api.call(
                    "POST", "/versions/\(id)/revoke", ["reason": "key_compromise"])
                #expect(revoked["state"] == "revoked")
                #expect(try await stage.standing(of: first) == "Revoked")
                let visit = try await stage.world.client.visit(stage.host)
                #expect(visit.status == 200, "\(visit) \(lab.evidence)")
                #expect(visit.serial.map(Stage.plain) != first["serial"].string.map(Stage.plain))
                let events = try await stage.api.all("/events").map { $0["type"] }
                #expect(events.contains("version.revoked"))
            }
        }

        @Test(arguments: [("?revoke=true", "Revoked"), ("", "Valid")])
        func `a certificate is revoked with its deletion where that is asked for`(
            query: String, standing: String
        ) async throws {
            try await Lab.play("deletion leaves it \(standing)") { lab in
                let stage = try await Stage(lab)
                let version = try await stage.version(of: stage.ordered)
                try await stage.api.call("DELETE", "\(stage.certificate)\(query)")
                #expect(try await stage.standing(of: version) == standing)
            }
        }

        /// An edge, pebble, and a certificate that a client ordered.
        struct Stage {
            let world: World
            let api: ManagementClient
            let host: String
            /// The path of the certificate.
            let certificate: String
            /// Its first issuance.
            let ordered: JSON

            init(_ lab: Lab) async throws {
                let port = Ports.free()
                world = try await World(lab) {
                    $0["management"] = ManagementClient.configuration(port: port)
                }
                api = ManagementClient(lab, port: port)
                host = try await world.domain()
                let made = try await api.call(
                    "POST", "/certificates", ["names": [.string(host)]])
                certificate = "/certificates/\(made["id"].string ?? "")"
                ordered = ["id": made["open_issuance_id"]]
            }

            /// What an issuance led to, once it is done.
            func version(of issuance: JSON) async throws -> JSON {
                let path = "/issuances/\(issuance["id"].string ?? "")"
                try await eventually(within: .seconds(180), "\(path) is done") {
                    try await api.call("GET", path)["state"] == "done"
                }
                let id = try await api.call("GET", path)["version_id"].string
                return try await api.call("GET", "/versions/\(id ?? "")")
            }

            func again(_ version: JSON) async throws -> JSON {
                try await api.call("GET", "/versions/\(version["id"].string ?? "")")
            }

            /// What the CA says of a version: "Valid", "Revoked".
            func standing(of version: JSON) async throws -> String? {
                let serial = version["serial"].string ?? ""
                let answer = try await world.pebble.manage("cert-status-by-serial/\(serial)")
                return try JSON(parsing: answer)["Status"].string
            }

            /// A serial number as everybody writes it: leading zeros are no part of it.
            static func plain(_ serial: String) -> Substring {
                serial.lowercased().drop { $0 == "0" }
            }
        }
    }
}
