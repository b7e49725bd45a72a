// SPDX-License-Identifier: Apache-2.0

/// The options of `nameplate bench handshake`.
enum BenchOption: String, CommandOption {
    case ciphers = "--ciphers"
    case connections = "--connections"
    case count = "--count"
    case duration = "--duration"
    case groups = "--groups"
    case html = "--html"
    case http1 = "--h1"
    case http2 = "--h2"
    case json = "--json"
    case keepAlive = "--keep-alive"
    case patience = "--patience"
    case pid = "--pid"
    case rate = "--rate"
    case refused = "--refused"
    case request = "--request"
    case resume = "--resume"
    case rounds = "--rounds"
    case signatureAlgorithms = "--sigalgs"
    case sni = "--sni"
    case sniFile = "--sni-file"
    case sniOrder = "--sni-order"
    case threads = "--threads"
    case tls = "--tls"
    case versus = "--vs"
    case versusPID = "--vs-pid"
    case warmup = "--warmup"

    var argument: OptionArgument {
        switch self {
        case .http1, .http2, .json, .refused: .none
        case .keepAlive: .optional { $0.hasPrefix("/") }
        case .resume: .optional { BenchOptions.share($0) != nil }
        case .ciphers, .groups, .signatureAlgorithms: .required("names with colons between them")
        case .connections, .count, .rounds, .threads: .required("a number")
        case .duration, .patience, .warmup: .required("a duration, as in \"10s\",")
        case .html, .sniFile: .required("the path of a file")
        case .pid, .versusPID: .required("the number of the server's process")
        case .rate: .required("operations a second")
        case .request: .required("a path that begins with \"/\"")
        case .sni: .required("a host name")
        case .sniOrder: .required("\"random\" or \"sequential\"")
        case .tls: .required("\"1.2\" or \"1.3\"")
        case .versus: .required("the HOST:PORT to compare with")
        }
    }

    var isRepeatable: Bool { self == .sni }
}
