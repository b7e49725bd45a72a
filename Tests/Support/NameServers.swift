// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A zone for the authoritative servers, as a master file's lines.
package struct Zone: Sendable {
    package let name: String
    package let records: String
    /// Who may change it; nil: nobody.
    package let key: UpdateKey?

    package init(_ name: String, _ records: String = "", key: UpdateKey? = nil) {
        self.name = name
        self.records = records
        self.key = key
    }

    /// The whole master file; negative answers live 60 seconds.
    var text: String {
        """
        $ORIGIN \(name).
        $TTL 60
        @ SOA ns.\(name). hostmaster.\(name). 1 3600 600 86400 60
        @ NS ns.\(name).
        ns A 127.0.0.1
        \(records)

        """
    }
}

/// A TSIG key as `tsig-keygen` makes it.
package struct UpdateKey: Sendable {
    package let name: String
    package let algorithm: String
    /// In base64.
    package let secret: String

    package init(_ name: String, algorithm: String = "hmac-sha256", secret: String) {
        self.name = name
        self.algorithm = algorithm
        self.secret = secret
    }

    /// For the configuration's `dns.update.key`.
    package var configuration: JSON {
        [
            "name": .string(name), "algorithm": .string(algorithm), "secret": .string(secret),
        ]
    }
}

/// Debian's `knotd`, authoritative for zones, on a high port of the loopback.
package final class Knot: Sendable {
    package let port = Ports.free()

    package init(_ lab: Lab, _ zones: [Zone]) async throws {
        var declarations = ""
        var keys = ""
        var rights = ""
        for zone in zones {
            let file = try lab.write(zone.text, to: "knot/\(zone.name).zone")
            declarations += "  - domain: \(zone.name)\n    file: \(file)\n"
            guard let key = zone.key else { continue }
            declarations += "    acl: \(zone.name)\n    zonefile-sync: -1\n"
            declarations += "    zonefile-load: difference\n    journal-content: all\n"
            keys += "  - id: \(key.name)\n    algorithm: \(key.algorithm)\n"
            keys += "    secret: \(key.secret)\n"
            rights += "  - id: \(zone.name)\n    key: \(key.name)\n    action: update\n"
        }
        if !keys.isEmpty { keys = "key:\n\(keys)acl:\n\(rights)" }
        let folder = try lab.makeDirectory("knot")
        let configuration = try lab.write(
            """
            server:
                listen: 127.0.0.1@\(port)
                rundir: \(folder)
                udp-workers: 1
                tcp-workers: 1
                background-workers: 1
            log:
              - target: stderr
                any: info
            database:
                storage: \(folder)
            \(keys)
            template:
              - id: default
                journal-content: none
                zonefile-load: whole
            zone:
            \(declarations)
            """, to: "knot/knot.conf")
        _ = try lab.start("knotd", ["-c", configuration])
        try await eventually("knotd listens") { [port] in Ports.isListening(port) }
    }
}

/// Debian's `named`, authoritative for zones, on a high port of the loopback. With `forwards` it also
/// is a resolver, which knows of other zones on which port of the loopback they are answered.
package final class Bind: Sendable {
    package let port = Ports.free()

    package init(
        _ lab: Lab, _ zones: [Zone] = [], folder stem: String = "bind",
        forwards: [String: UInt16] = [:]
    ) async throws {
        let folder = try lab.makeDirectory(stem)
        var declarations = ""
        for zone in zones {
            let file = try lab.write(zone.text, to: "\(stem)/\(zone.name).zone")
            var rights = ""
            if let key = zone.key {
                declarations +=
                    "key \"\(key.name)\" { algorithm \(key.algorithm); "
                    + "secret \"\(key.secret)\"; };\n"
                rights = "update-policy { grant \(key.name) zonesub TXT; };"
            }
            declarations +=
                "zone \"\(zone.name)\" { type primary; file \"\(file)\"; \(rights) };\n"
        }
        for (zone, port) in forwards {
            declarations +=
                "zone \"\(zone)\" { type forward; forward only; "
                + "forwarders { 127.0.0.1 port \(port); }; };\n"
        }
        let configuration = try lab.write(
            """
            options {
                directory "\(folder)"; pid-file none; session-keyfile none;
                listen-on port \(port) { 127.0.0.1; }; listen-on-v6 { none; };
                recursion \(forwards.isEmpty ? "no" : "yes"); notify no;
                dnssec-validation no; qname-minimization off; managed-keys-directory "\(folder)";
            };
            controls { };
            \(declarations)
            """, to: "\(stem)/named.conf")
        _ = try lab.start("named", ["-g", "-n", "1", "-c", configuration])
        try await eventually("named listens") { [port] in Ports.isListening(port) }
    }
}
