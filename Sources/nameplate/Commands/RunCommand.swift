// SPDX-License-Identifier: Apache-2.0
import HTTP
import Networking
import Proxy
import TLS

/// `nameplate run`: the edge, in the foreground, until a signal ends it.
enum RunCommand {
    static func run(file: String) async -> ExitStatus {
        do throws(ConfigurationProblems) {
            let configuration = try Configuration.read(file: file)
            return await run(configuration, from: file)
        } catch {
            return error.print()
        }
    }

    private static func run(_ configuration: Configuration, from file: String) async -> ExitStatus {
        let descriptors = DescriptorLimit.raise()
        do {
            let log = Log(configuration.log, on: try EventLoop(name: "log"))
            for remark in configuration.remarks { log.warning(remark) }
            let edge = try await Edge.start(
                configuration, log: log, events: ProvisioningLog(log: log))
            await announce(edge, to: log, descriptors: descriptors)
            let signals = try await signals(on: edge.foundation.control)
            await serve(edge, from: file, until: signals, log)
            await log.flush()
            return .done
        } catch {
            return Output.error("\(error)")
        }
    }

    private static func announce(_ edge: Edge, to log: Log, descriptors: Int) async {
        let configuration = await edge.configuration
        log.info(
            "serving",
            [
                "https": .text(
                    configuration.listen.https.map(\.description).joined(separator: " ")),
                "http": .text(configuration.listen.http.map(\.description).joined(separator: " ")),
                "application": .text(
                    configuration.applicationURLs.map(\.description).joined(separator: " ")),
                "management": configuration.management.map { .text($0.listen.description) },
                "cname_target": .text(configuration.cnameTarget.text),
                "loops": .number(edge.foundation.data.count),
                "descriptors": .number(descriptors),
            ])
    }

    /// The signals of this process, one after the other.
    private static func signals(
        on loop: EventLoop
    ) async throws(SystemError) -> (AsyncStream<ProcessSignal>, end: @Sendable () -> Void) {
        let (stream, continuation) = AsyncStream.makeStream(of: ProcessSignal.self)
        try await loop.run {
            Result { () throws(SystemError) in
                _ = try Signals(on: loop) { continuation.yield($0) }
            }
        }.get()
        return (stream, { continuation.finish() })
    }

    /// Serves until it was told to end and everything is over, or told so twice.
    private static func serve(
        _ edge: Edge, from file: String,
        until signals: (AsyncStream<ProcessSignal>, end: @Sendable () -> Void), _ log: Log
    ) async {
        var isDraining = false
        for await signal in signals.0 {
            switch signal {
            case .hangUp where isDraining: break
            case .hangUp: await reload(edge, from: file, log)
            case .interrupt, .terminate:
                if isDraining {
                    log.warning("told to end a second time: ending at once")
                    return
                }
                isDraining = true
                log.info(
                    "draining", ["patience": .duration(await edge.configuration.drain)])
                Task {
                    await edge.drain()
                    signals.end()
                }
            }
        }
        log.info("ended")
    }

    /// Reads the configuration again; one with a mistake changes nothing.
    private static func reload(_ edge: Edge, from file: String, _ log: Log) async {
        do throws(ConfigurationProblems) {
            let configuration = try Configuration.read(file: file)
            for remark in configuration.remarks { log.warning(remark) }
            do throws(EdgeError) {
                try await edge.reload(configuration)
                log.info("configuration taken over", ["file": .text(file)])
            } catch {
                log.error("configuration not taken over", ["why": .text("\(error)")])
            }
        } catch {
            for problem in error.problems {
                log.error(
                    "configuration not taken over", ["why": .text(problem.text(file: file))])
            }
        }
    }
}
