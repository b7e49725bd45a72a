// SPDX-License-Identifier: Apache-2.0
package import HTTP
package import TLS

/// Why an operation failed: the kinds that are counted.
package enum LoadFailure: Error, Hashable, Sendable {
    /// Nothing listens there.
    case closedPort
    /// No connection, for another reason of the network's.
    case unreachable(String)
    /// The first it said was no TLS.
    case notTLS
    /// It reset the connection.
    case reset
    /// It closed the connection in the middle of the handshake or of an answer.
    case closedEarly
    /// It was silent for as long as we wait.
    case stalled
    /// It refused with this alert.
    case alert(TLSAlert)
    /// It chose a version, cipher or group that was not offered, or has none in common.
    case incompatible(String)
    /// It broke the TLS protocol after it began well.
    case brokenTLS(String)
    /// It made the handshake that it was to refuse.
    case served
    /// It answered with this status, 400 or more.
    case status(Int)
    /// Its answer was no HTTP.
    case brokenHTTP(HTTP1Error)
    /// We could not: no descriptor, no port, no memory.
    case ours(String)
}

extension LoadFailure {
    /// The kind in machine-readable reports; details are left out of it.
    package var key: String {
        switch self {
        case .closedPort: "closed_port"
        case .unreachable: "unreachable"
        case .notTLS: "not_tls"
        case .reset: "reset"
        case .closedEarly: "closed_early"
        case .stalled: "stalled"
        case .alert(let alert): "alert_\(alert.name.replacing(" ", with: "_"))"
        case .incompatible: "incompatible"
        case .brokenTLS: "broken_tls"
        case .served: "served"
        case .status(let status): "status_\(status)"
        case .brokenHTTP: "broken_http"
        case .ours: "client"
        }
    }

    /// The kind in a few words, for a list with counts.
    package var label: String {
        switch self {
        case .closedPort: "port closed"
        case .unreachable(let reason): "unreachable (\(reason))"
        case .notTLS: "no TLS"
        case .reset: "reset"
        case .closedEarly: "closed early"
        case .stalled: "stalled"
        case .alert(let alert): "alert \(alert.name)"
        case .incompatible: "nothing in common"
        case .brokenTLS: "broken TLS"
        case .served: "served, not refused"
        case .status(let status): "status \(status)"
        case .brokenHTTP(let error): "broken HTTP (\(error))"
        case .ours(let reason): "our own (\(reason))"
        }
    }

    /// What it means and what to look at, as a sentence about `target`.
    package func explanation(_ target: String) -> String {
        switch self {
        case .closedPort:
            "nothing listens at \(target): start the server, or check the port"
        case .unreachable(let reason):
            "no connection to \(target): \(reason)"
        case .notTLS:
            "\(target) answers, but not with TLS: this may be its plain-text port"
        case .reset:
            "\(target) resets connections: its log may say why"
        case .closedEarly:
            "\(target) closes connections before it is done: its log may say why"
        case .stalled:
            "\(target) takes connections and then is silent"
        case .alert(.unrecognizedName):
            "\(target) does not know the name (alert unrecognized_name): "
                + "give it one that it serves with --sni NAME"
        case .alert(let alert):
            "\(target) refuses the handshake with alert \(alert.name)"
        case .incompatible(let detail):
            "\(target) and this client have nothing in common (\(detail)): "
                + "look at --tls, --groups, --ciphers and --sigalgs"
        case .brokenTLS(let detail):
            "\(target) broke the TLS protocol: \(detail)"
        case .served:
            "\(target) makes the handshakes that it was to refuse: give a name that it does not serve"
        case .status(let status):
            "\(target) answers with status \(status): look at the path and the name"
        case .brokenHTTP(let error):
            "\(target) answers with broken HTTP: \(error)"
        case .ours(let reason):
            "this client could not go on: \(reason)"
        }
    }
}
