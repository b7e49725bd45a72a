// SPDX-License-Identifier: Apache-2.0

extension LoadPlan {
    /// What was done, as a line: `Full handshakes: 64 connections, 10 s`.
    func summary(rounds: Int, targets: Int) -> String {
        var parts = [
            connections == 1 ? "1 connection" : "\(FigureText.grouped(connections)) connections"
        ]
        if let rate { parts.append("\(FigureText.number(rate)) a second") }
        if threads > 1 { parts.append("\(threads) threads") }
        if rounds > 1 { parts.append("\(rounds) rounds\(targets > 1 ? " by turns" : "")") }
        let each = rounds > 1 ? " each" : ""
        switch extent {
        case .duration(let duration):
            parts.append(FigureText.time(microseconds: duration.inMicroseconds) + each)
        case .count(let count): parts.append("\(FigureText.grouped(count)) \(operations)\(each)")
        }
        if names.count > 1 {
            parts.append(
                "\(FigureText.grouped(names.count)) names \(nameOrder == .random ? "at random" : "in turn")"
            )
        }
        return "\(title): \(parts.joined(separator: ", "))"
    }

    private var title: String {
        switch work {
        case .handshake where resumedShare == 0: "Full handshakes"
        case .handshake where resumedShare == 1: "Resumed handshakes"
        case .handshake: "Handshakes, \(FigureText.percent(resumedShare)) with a ticket"
        case .request(let path): "A connection and a request for \(path) each"
        case .keepAlive(let path): "Requests for \(path) on kept connections"
        case .refusal: "Handshakes that are refused"
        }
    }

    /// What is counted.
    var operations: String {
        switch work {
        case .handshake, .refusal: "handshakes"
        case .request, .keepAlive: "requests"
        }
    }
}
