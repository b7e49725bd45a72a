// SPDX-License-Identifier: Apache-2.0
import Bench
import Foundation
import Networking
import TLS

/// `nameplate bench handshake`: load on one server, or on two by turns, and what came of it.
enum BenchCommand {
    static func run(_ options: BenchOptions) async -> ExitStatus {
        _ = DescriptorLimit.raise()
        do throws(UsageError) {
            try checkPage(options)
        } catch {
            return error.print()
        }
        do {
            let run = try await BenchRun(options)
            let report = try await run.report()
            print(report, options)
            let status = explain(report, options)
            return write(report, options) ?? status
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
        case .text: Output.line(report.text(isStyled: Terminal.isStandardOutputOne))
        }
    }

    /// Before a long measurement rather than after it.
    private static func checkPage(_ options: BenchOptions) throws(UsageError) {
        guard let file = options.htmlFile else { return }
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw UsageError(sentence: "--html: cannot write to \(folder)")
        }
    }

    /// Writes the page; nil when that went well, or nobody wants one.
    private static func write(_ report: LoadReport, _ options: BenchOptions) -> ExitStatus? {
        guard let file = options.htmlFile else { return nil }
        let footnote =
            "Measured by nameplate \(VersionCommand.version) with \(TLSLibrary.version) as the client, "
            + Date().formatted(.iso8601) + "."
        do {
            try Data(report.page(footnote: footnote).utf8).write(to: URL(fileURLWithPath: file))
            return nil
        } catch {
            return Output.error("cannot write \(file): \(error.localizedDescription)")
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
