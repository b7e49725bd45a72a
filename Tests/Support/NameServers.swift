// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A zone for the authoritative servers, as a master file's lines.
package struct Zone: Sendable {
    package let name: String
    package let records: String

    package init(_ name: String, _ records: String) {
        self.name = name
        self.records = records
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

/// Debian's `knotd`, authoritative for zones, on a high port of the loopback.
package final class Knot: Sendable {
    package let port = Ports.free()

    package init(_ lab: Lab, _ zones: [Zone]) async throws {
        var declarations = ""
        for zone in zones {
            let file = try lab.write(zone.text, to: "knot/\(zone.name).zone")
            declarations += "  - domain: \(zone.name)\n    file: \(file)\n"
        }
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

/// Debian's `named`, authoritative for zones, on a high port of the loopback.
package final class Bind: Sendable {
    package let port = Ports.free()

    package init(_ lab: Lab, _ zones: [Zone]) async throws {
        let folder = try lab.makeDirectory("bind")
        var declarations = ""
        for zone in zones {
            let file = try lab.write(zone.text, to: "bind/\(zone.name).zone")
            declarations += "zone \"\(zone.name)\" { type primary; file \"\(file)\"; };\n"
        }
        let configuration = try lab.write(
            """
            options {
                directory "\(folder)"; pid-file none; session-keyfile none;
                listen-on port \(port) { 127.0.0.1; }; listen-on-v6 { none; };
                recursion no; notify no; dnssec-validation no; managed-keys-directory "\(folder)";
            };
            controls { };
            \(declarations)
            """, to: "bind/named.conf")
        _ = try lab.start("named", ["-g", "-n", "1", "-c", configuration])
        try await eventually("named listens") { [port] in Ports.isListening(port) }
    }
}
