// SPDX-License-Identifier: Apache-2.0
import Networking

/// One measurement of one target.
package struct Round: Sendable {
    /// `127.0.0.1:8443`, as the user wrote it.
    package var target: String
    package var tally: LoadTally
    /// What the server used meanwhile; nil when nobody said which process it is.
    package var serverCPU: Duration?

    package init(target: String, tally: LoadTally, serverCPU: Duration? = nil) {
        self.target = target
        self.tally = tally
        self.serverCPU = serverCPU
    }

    /// Of the server, for each completed operation; nil when none was, or nobody looked.
    package var cpuPerOperation: Duration? {
        guard let serverCPU, tally.completed > 0 else { return nil }
        return serverCPU / tally.completed
    }

    /// Of this client, for each completed operation; nil when none was.
    package var clientCPUPerOperation: Duration? {
        tally.completed > 0 ? tally.clientCPU / tally.completed : nil
    }

    /// Completed operations a second.
    package var rate: Double {
        tally.elapsed > .zero ? Double(tally.completed) / tally.elapsed.inSeconds : 0
    }
}

extension Duration {
    var inSeconds: Double { Double(nanoseconds) / 1e9 }
    var inMicroseconds: Double { Double(nanoseconds) / 1e3 }
}
