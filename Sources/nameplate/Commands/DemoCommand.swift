// SPDX-License-Identifier: Apache-2.0
import Networking

/// `nameplate demo`: the main job on this machine alone, with nothing installed but libssl.
///
/// The edge is the one that `run` starts, with the DNS, the CA and the application that it would
/// meet in the world run beside it in the same process.
enum DemoCommand {
    static func run(_ length: Invocation.DemoLength) async -> ExitStatus {
        let page = DemoPage(isStyled: Terminal.isStandardOutputOne)
        do throws(EdgeError) {
            let world = try await DemoWorld()
            defer { world.removeFiles() }
            Output.line(page.scene(world))
            let first = try await world.visit(world.customer)
            Output.line(page.first(first, of: world))
            let second = try await world.visit(world.customer)
            Output.line(page.repeated(second))
            if length == .untilInterrupted {
                Output.line(page.invitation(world))
                world.record.listen { Output.line("  \($0)") }
                await world.interruption()
            }
            await world.end()
            return .done
        } catch {
            return Output.error("the demo did not work: \(error)")
        }
    }
}
