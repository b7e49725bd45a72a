// SPDX-License-Identifier: Apache-2.0

/// A report for programs. Times are microseconds unless the key says otherwise; `server_cpu_us` and
/// `client_cpu_us` are for each completed operation; what was not measured is null.
extension LoadReport {
    package var json: String {
        JSONValue.object([
            ("targets", .list(targets.map(\.json))),
            ("ratio", comparison?.json ?? .null),
            ("client_was_bottleneck", .bool(isClientBottleneck)),
        ]).text()
    }
}

extension TargetResult {
    fileprivate var json: JSONValue {
        .object([
            ("target", .text(target)),
            ("rounds", .list(rounds.map(\.json))),
            (
                "median",
                .object([
                    ("rate", .number(spread(.rate)?.median)),
                    ("server_cpu_us", .number(spread(.serverCPU)?.median)),
                    ("p50_us", .number(spread(.latency(quantile: 0.5))?.median)),
                    ("p99_us", .number(spread(.latency(quantile: 0.99))?.median)),
                ])
            ),
            ("negotiated", .list(total.negotiatedByFrequency.map { $0.json(count: $1) })),
        ])
    }
}

extension LoadTally {
    /// The most frequent first.
    var negotiatedByFrequency: [(NegotiatedParameters, Int)] {
        negotiated.map { ($0, $1) }.sorted { ($1.1, "\($0.0)") < ($0.1, "\($1.0)") }
    }
}

extension NegotiatedParameters {
    fileprivate func json(count: Int) -> JSONValue {
        .object([
            ("version", .text(version)), ("cipher", .text(cipher)), ("group", .text(group)),
            ("signature", .text(signature)), ("certificate", .text(certificate)),
            ("alpn", .text(alpn)), ("count", .integer(count)),
        ])
    }
}

extension Round {
    fileprivate var json: JSONValue {
        let tally = tally
        return .object([
            ("completed", .integer(tally.completed)),
            ("handshakes", .integer(tally.handshakes)),
            ("offered", .integer(tally.offered)),
            ("resumed", .integer(tally.resumed)),
            ("failures", tally.failuresByKey),
            ("missed", .integer(tally.missed)),
            ("seconds", .number(tally.elapsed.inSeconds)),
            ("rate", .number(rate)),
            ("latency_us", tally.latency.json),
            ("server_cpu_us", .number(cpuPerOperation?.inMicroseconds)),
            ("client_cpu_us", .number(clientCPUPerOperation?.inMicroseconds)),
            ("client_busiest", .number(tally.busiestThread)),
            (
                "handshake_bytes",
                .object([
                    ("read", .number(tally.perHandshake(tally.handshakeBytesRead) ?? 0)),
                    ("written", .number(tally.perHandshake(tally.handshakeBytesWritten) ?? 0)),
                ])
            ),
        ])
    }
}

extension LoadTally {
    /// nil without a handshake.
    func perHandshake(_ sum: Int) -> Double? {
        handshakes > 0 ? Double(sum) / Double(handshakes) : nil
    }

    fileprivate var failuresByKey: JSONValue {
        let counts = failures.reduce(into: [String: Int]()) {
            $0[$1.key.key, default: 0] += $1.value
        }
        return .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
    }
}

extension LatencyHistogram {
    fileprivate var json: JSONValue {
        guard count > 0 else { return .null }
        let quantiles = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99_9", 0.999)]
        return .object(
            quantiles.map { ($0, .number(quantile($1).inMicroseconds)) }
                + [("max", .number(max.inMicroseconds)), ("mean", .number(mean.inMicroseconds))])
    }
}

extension Comparison {
    fileprivate var json: JSONValue {
        let cpu = ratio(.serverCPU)
        return .object([
            ("server_cpu", .number(cpu?.value)), ("low", .number(cpu?.low)),
            ("high", .number(cpu?.high)), ("rate", .number(ratio(.rate)?.value)),
            ("p50", .number(ratio(.median)?.value)),
        ])
    }
}
