// SPDX-License-Identifier: Apache-2.0
import Bench
import Foundation
import Networking
import TLS

/// `nameplate bench handshake`: load on one server, or on two by turns, and what came of it.
enum BenchCommand {
    static func run(_ options: BenchOptions) async -> ExitStatus {
        _ = DescriptorLimit.raise()
        do {
            let run = try await BenchRun(options)
            let report = try await run.report()
            print(report, options)
            return explain(report, options)
        } catch let error as TLSError where error.blame == .operator {
            Output.error(error.description)
            return .usage
        } catch {
            return Output.error("\(error)")
        }
    }

    private static func print(_ report: LoadReport, _ options: BenchOptions) {
        switch options.format {
        case .json: Output.line(report.json)
        case .text: Output.line(report.json)
        }
    }

    /// Says of each target where nothing succeeded why that may be.
    private static func explain(_ report: LoadReport, _ options: BenchOptions) -> ExitStatus {
        var status = ExitStatus.done
        for target in report.targets where target.total.completed == 0 {
            status = .failed
            let failures = target.total.failures.sorted { $0.value > $1.value }
            if failures.isEmpty { Output.error("\(target.target): nothing was measured") }
            for (failure, count) in failures {
                Output.error("\(failure.explanation(target.target)) (\(count) times)")
            }
        }
        return status
    }
}
