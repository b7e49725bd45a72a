// SPDX-License-Identifier: Apache-2.0
import Bench

/// What `nameplate bench handshake HOST:PORT …` is to do.
struct BenchOptions: Equatable {
    /// One, or two that take turns.
    var targets: [Target]
    /// What load to make on each. Its names are those of `--sni` or of the file.
    var plan = LoadPlan()
    /// Measurements of each target.
    var rounds: Int
    var format = Format.text
    /// Where the page is to be written.
    var htmlFile: String?

    enum Format { case text, json }

    init(targets: [Target], rounds: Int = 1) {
        self.targets = targets
        self.rounds = rounds
    }

    /// Reads the words after `bench handshake`, and the file of `--sni-file`.
    init(_ words: some Sequence<String>) throws(UsageError) {
        let words = try CommandWords<BenchOption>(words, of: "bench handshake")
        guard let first = words.operands.first else {
            throw UsageError(sentence: "bench handshake wants a HOST:PORT after it")
        }
        guard let target = Target(first) else {
            throw UsageError(
                sentence: "\(JSON5Value.quoted(first)) is no HOST:PORT, as in 127.0.0.1:8443")
        }
        if words.operands.count > 1 {
            throw UsageError(
                sentence: "bench handshake does not know \(JSON5Value.quoted(words.operands[1])); "
                    + "a second target comes after --vs")
        }
        self.init(
            targets: [target], rounds: words.contains(.versus) ? Self.roundsOfComparison : 1)
        try Self.check(words)
        // The second target before its process.
        for given in words.options where given.option == .versus {
            targets.append(try given.target())
        }
        for given in words.options { try take(given) }
    }

    /// What contradicts itself.
    private static func check(_ words: CommandWords<BenchOption>) throws(UsageError) {
        try words.forbid(.duration, with: .count)
        try words.forbid(.sni, with: .sniFile)
        try words.forbid(.request, with: .keepAlive)
        try words.forbid(.refused, with: .request)
        try words.forbid(.refused, with: .keepAlive)
        try words.forbid(.refused, with: .resume)
        try words.require(.versus, for: .versusPID)
        guard !words.contains(.http2) else {
            throw UsageError(
                sentence: "--h2 is not to be had: this version speaks HTTP/1.1 and no HTTP/2")
        }
    }

    private mutating func take(_ given: GivenOption<BenchOption>) throws(UsageError) {
        switch given.option {
        case .ciphers: plan.ciphers = try given.list()
        case .connections: plan.connections = try given.integer(1...100_000)
        case .count: plan.extent = .count(try given.integer(1...1_000_000_000))
        case .duration:
            plan.extent = .duration(try given.duration(.milliseconds(1) ... .seconds(86_400)))
        case .groups: plan.groups = try given.list()
        case .html: htmlFile = given.text
        case .http1: plan.alpn = ["http/1.1"]
        case .http2, .versus: break
        case .json: format = .json
        case .keepAlive: plan.work = .keepAlive(path: try given.path())
        case .patience: plan.patience = try given.duration(.milliseconds(1) ... .seconds(3600))
        case .pid: targets[0].pid = try given.pid()
        case .rate: plan.rate = try given.rate()
        case .refused: plan.work = .refusal
        case .request: plan.work = .request(path: try given.path())
        case .resume: plan.resumedShare = try given.share()
        case .rounds: rounds = try given.integer(1...1000)
        case .signatureAlgorithms: plan.signatureAlgorithms = try given.list()
        case .sni: plan.names.append(try given.name())
        case .sniFile: plan.names = try Self.names(file: given.text)
        case .sniOrder: plan.nameOrder = try given.order()
        case .threads: plan.threads = try given.integer(1...64)
        case .tls: plan.version = try given.version()
        case .versusPID: targets[1].pid = try given.pid()
        case .warmup: plan.warmup = try given.duration(.zero ... .seconds(3600))
        }
    }

    /// A share of all, "0.5" or "50%"; nil when `text` is none.
    static func share(_ text: String) -> Double? {
        let number = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        return number.flatMap { (0...1).contains($0) ? $0 : nil }
    }

    /// So many that one which was disturbed is not the median.
    private static let roundsOfComparison = 5
}

extension GivenOption<BenchOption> {
    fileprivate func path() throws(UsageError) -> String {
        guard let path = value else { return "/" }
        let isPlain = path.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard path.hasPrefix("/"), isPlain else {
            throw wrong("a path that begins with \"/\" and has no blanks")
        }
        return path
    }

    fileprivate func pid() throws(UsageError) -> Int32 {
        Int32(try integer(1...4_194_304))
    }

    fileprivate func rate() throws(UsageError) -> Double {
        guard let rate = Double(text), (0.001...1e7).contains(rate) else {
            throw wrong("operations a second, from 0.001 to 10000000")
        }
        return rate
    }

    fileprivate func share() throws(UsageError) -> Double {
        guard let value else { return 1 }
        guard let share = BenchOptions.share(value) else {
            throw wrong("a share from 0 to 1 or in percent")
        }
        return share
    }

    /// An empty one means no SNI.
    fileprivate func name() throws(UsageError) -> String {
        guard text.isEmpty || BenchOptions.Target.isHostName(text) else {
            throw wrong("a host name")
        }
        return text.lowercased()
    }

    fileprivate func order() throws(UsageError) -> LoadPlan.NameOrder {
        switch text {
        case "random": .random
        case "sequential": .sequential
        default: throw wrong("\"random\" or \"sequential\"")
        }
    }

    fileprivate func version() throws(UsageError) -> LoadPlan.Version {
        switch text {
        case "1.2": .tls12
        case "1.3": .tls13
        default: throw wrong("\"1.2\" or \"1.3\"")
        }
    }

    fileprivate func target() throws(UsageError) -> BenchOptions.Target {
        guard let target = BenchOptions.Target(text) else {
            throw wrong("a HOST:PORT, as in 127.0.0.1:8443")
        }
        return target
    }
}
