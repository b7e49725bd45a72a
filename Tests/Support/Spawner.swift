// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Synchronization

/// The one thread that starts programs.
///
/// A program is started with `PR_SET_PDEATHSIG`, which the kernel sends when the *thread* that
/// forked it ends: a thread of a pool would end it early, this one lives as long as the tests.
final class Spawner: Sendable {
    static let shared = Spawner()

    private let jobs = Mutex<[@Sendable () -> Void]>([])
    private let pending = DispatchSemaphore(value: 0)

    private init() {
        let thread = Thread { [self] in
            while true {
                pending.wait()
                jobs.withLock { $0.removeFirst() }()
            }
        }
        thread.name = "spawner"
        thread.start()
    }

    /// Runs `body` on the spawner's thread and waits for it.
    func perform<R: Sendable>(_ body: @escaping @Sendable () throws -> R) throws -> R {
        let result = Mutex<Result<R, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        jobs.withLock { jobs in
            jobs.append {
                let outcome = Result { try body() }
                result.withLock { $0 = outcome }
                done.signal()
            }
        }
        pending.signal()
        done.wait()
        return try result.withLock { $0 }!.get()
    }
}
