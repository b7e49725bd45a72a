// SPDX-License-Identifier: Apache-2.0
import Networking
import TestSupport
import Testing

@testable import Bench

@Suite struct ProcessClockTests {
    /// Uses this much CPU time itself, whatever the machine is like.
    private let burn = """
        import os, sys, threading, time
        def burn(clock=time.process_time):
            while clock() < 0.2: pass
        def say(word):
            print(word, flush=True)
            sys.stdin.readline()

        """

    /// Runs a script until it says that it is ready, and reads its clock.
    private func time(after script: String) async throws -> Duration {
        var time = Duration.zero
        try await Lab.play(script) { lab in
            let python = try await Python.interpreter(lab)
            let program = try lab.start(python, ["-c", burn + script], takesInput: true)
            let clock = try ProcessClock(pid: program.pid)
            try await eventually("it is ready") { program.output.contains("ready") }
            time = try clock.cpuTime()
            try program.closeInput()
            try await program.finished()
        }
        return time
    }

    @Test func `what the process itself used is counted`() async throws {
        #expect(try await time(after: "burn(); say('ready')") >= .milliseconds(200))
    }

    @Test func `a thread that ended is counted`() async throws {
        let script = """
            thread = threading.Thread(target=burn, args=[time.thread_time])
            thread.start(); thread.join(); say('ready')
            """
        #expect(try await time(after: script) >= .milliseconds(200))
    }

    @Test func `a child that ended and was waited for is counted`() async throws {
        let script = """
            child = os.fork()
            if child == 0: burn(); os._exit(0)
            os.waitpid(child, 0); say('ready')
            """
        // The kernel keeps it in ticks.
        #expect(try await time(after: script) >= .milliseconds(180))
    }

    @Test func `a child that ended and was not waited for is counted`() async throws {
        let script = """
            if os.fork() == 0: burn(); os._exit(0)
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT); say('ready')
            """
        #expect(try await time(after: script) >= .milliseconds(200))
    }

    @Test func `grandchildren that live are counted`() async throws {
        let script = """
            if os.fork() == 0:
                if os.fork() == 0: burn(); say('ready'); os._exit(0)
                os.wait(); os._exit(0)
            os.wait()
            """
        #expect(try await time(after: script) >= .milliseconds(200))
    }

    @Test func `a process that is not there is an error, before and after`() async throws {
        let none = Int32.max
        #expect(throws: ProcessClockError.noProcess(none)) { try ProcessClock(pid: none) }
        #expect(throws: ProcessClockError.noProcess(0)) { try ProcessClock(pid: 0) }
        try await Lab.play { lab in
            let program = try lab.start("cat", [], takesInput: true)
            let clock = try ProcessClock(pid: program.pid)
            await program.crash()
            #expect(throws: ProcessClockError.noProcess(program.pid)) { try clock.cpuTime() }
        }
    }

    @Test(arguments: [
        (
            "7 (a) (b) c) S 5 7 7 0 -1 4194304 92 1871 0 1 3 4 112 20 20 0 1 0 9 2 351 18",
            5, 1320
        ),
        ("1 (init) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20", 0, 0),
    ])
    func `a line of the kernel is read`(line: String, parent: Int32, milliseconds: Int) throws {
        let status = try #require(ProcessStatus(line))
        #expect(status.parent == parent)
        #expect(status.timeOfEndedChildren == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "7 (a) S 5", "7 a S 5 7 7 0 -1 4194304 92 1871 0 1 3 4 112 20 20"])
    func `what is no line of the kernel is not`(line: String) {
        #expect(ProcessStatus(line) == nil)
    }
}
