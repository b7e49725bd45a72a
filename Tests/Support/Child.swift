// SPDX-License-Identifier: Apache-2.0
import CLinux
import Foundation
import Glibc
import Synchronization

/// A process that `posix_spawn` started, and its one end.
///
/// Foundation's `Process` is not for a test process with two thousand descriptors: it reads past
/// the end of what `readdir` gave it while it counts them (swift-corelibs-foundation #5472).
final class Child: Sendable {
    let pid: pid_t
    private let ended = Mutex<CInt?>(nil)

    /// Starts `executable` with the descriptors given as its input, output and error, and no
    /// others; without an input it reads an end.
    ///
    /// It begins with an empty signal mask and every signal at its default: what the test runner
    /// ignores, SIGPIPE above all, a program has to see.
    init(
        _ executable: String, _ arguments: [String], environment: [String: String],
        workingDirectory: URL, input: CInt?, output: CInt, error: CInt
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawn_file_actions_addchdir_np(&actions, workingDirectory.path)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let words = CStrings([executable] + arguments)
        let variables = CStrings(environment.map { "\($0.key)=\($0.value)" })
        var pid: pid_t = 0
        let status = posix_spawn(
            &pid, executable, &actions, &attributes, words.pointers, variables.pointers)
        guard status == 0 else {
            throw ScenarioError("\(executable): \(String(cString: strerror(status)))")
        }
        self.pid = pid
    }

    /// The exit status, or 128 and the number of the signal that ended it, as a shell says it.
    /// Nothing while it runs. The first call after its end lets its number go.
    var status: CInt? {
        ended.withLock { ended in
            var status: CInt = 0
            if ended == nil, waitpid(pid, &status, WNOHANG) == pid {
                let signal = status & 0x7F
                ended = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
            }
            return ended
        }
    }

    /// Nothing is sent once its end was seen: the number may be another's by then.
    func send(_ signal: CInt) {
        ended.withLock { if $0 == nil { _ = kill(pid, signal) } }
    }
}

/// A list of C strings with its end, for as long as the value lives.
private final class CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) {
        pointers = strings.map { strdup($0) } + [nil]
    }

    deinit {
        for pointer in pointers { free(pointer) }
    }
}
