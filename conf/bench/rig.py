# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: free ports, programs that end with the run, and what `/proc` says."""
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BINARY = os.path.join(ROOT, ".build/release/nameplate")
TICK = os.sysconf("SC_CLK_TCK")


class Failed(SystemExit):
    """A program of the run did not do its part; where nobody catches it, the run ends with that."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def temporary_folder():
    """A folder that is gone after the block, also when that ends by Ctrl-C or SIGTERM."""
    def leave(number, _):
        raise SystemExit(128 + number)
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    folder = tempfile.mkdtemp(prefix="nameplate-bench-")
    os.chmod(folder, 0o755)     # Servers give up root and read their files here.
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def pinned(cores):
    """Runs this thread, and what it starts, on these cores alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Programs:
    """The programs of a run: as a context manager it ends what it started, by process id."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop(*reversed(self.running))

    def start(self, arguments, port=None, cores=None, environment=None, folder=None, output=False):
        """Starts a program, pinned to `cores`, and waits until something accepts at `port`.

        What it prints goes to a log, but standard output to its `communicate()` with `output`.
        """
        name = os.path.basename(arguments[0])
        log = os.path.join(self.folder, f"{name}-{time.monotonic_ns()}.log")
        with open(log, "wb") as file, pinned(cores or os.sched_getaffinity(0)):
            program = subprocess.Popen(
                arguments, cwd=folder or self.folder, stdin=subprocess.DEVNULL, stderr=file,
                stdout=subprocess.PIPE if output else file,
                env={**os.environ, **(environment or {})})
        program.log = log
        self.running.append(program)
        if port:
            self.wait(program, lambda: accepts(port), 30)
        return program

    def wait(self, program, ready, seconds, pause=0.02):
        """Waits until `ready()`; one that ends first, or takes longer, has failed."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if program.poll() is not None:
                raise Failed(f"{program.args[0]} ended:\n{tail(program.log)}")
            if ready():
                return
            time.sleep(pause)
        raise Failed(f"{program.args[0]} was not ready after {seconds} s:\n{tail(program.log)}")

    def stop(self, *programs):
        """Ends programs and their workers; those that take long over it are killed."""
        workers = {program: descendants(program.pid)[1:] for program in programs}
        for program in programs:
            program.terminate()
        end = time.monotonic() + 2
        for program in programs:
            try:
                program.wait(max(0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
            for worker in workers[program]:
                kill_orphan(worker, program.args[0])
            self.running.remove(program)


def age_days(path):
    return (time.time() - os.path.getmtime(path)) / 86400


def tail(path, lines=20):
    with open(path, errors="replace") as file:
        return "".join(file.readlines()[-lines:])


def kill_orphan(pid, command):
    """Kills a worker that outlived its parent; the name guards against a reused id."""
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/cmdline") as file:
            if os.path.basename(command) in file.read():
                os.kill(pid, signal.SIGKILL)


def descendants(pid):
    """The process and all its descendants."""
    found = [pid]
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                for child in file.read().split():
                    found += descendants(int(child))
    return found


def cpu_seconds(pid):
    """User and system time of a process and its descendants, in steps of 10 ms."""
    ticks = 0
    for each in descendants(pid):
        with open(f"/proc/{each}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


def memory_kib(pid):
    """Resident memory of a process and its descendants that no file stands behind.

    Pages that a master and its workers share count once; code and shared libraries, which are the
    page cache's, not at all.
    """
    total = 0
    for each in descendants(pid):
        with open(f"/proc/{each}/smaps_rollup") as file:
            for line in file:
                if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    total += int(line.split()[1])
    return total


def settle(pid, seconds=60):
    """Waits until a process has used no CPU time to speak of for half a second."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = cpu_seconds(pid)
        time.sleep(0.5)
        if cpu_seconds(pid) - before <= 0.02:
            return
